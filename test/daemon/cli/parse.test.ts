/** Tests of how command lines are parsed. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runUpdateCommand } from '../../../daemon/cli/control-command.ts';
import { renderVerbHelp } from '../../../daemon/cli/help.ts';
import { parseCommand } from '../../../daemon/cli/parse.ts';
import { UsageError } from '../../../daemon/cli/usage.ts';
import { VERB_NAMES, verbOf } from '../../../daemon/cli/verbs.ts';
import { renderWelcome } from '../../../daemon/cli/welcome.ts';
import {
  type AddressHints,
  findAddresses,
  type Listening,
} from '../../../daemon/model/addresses.ts';
import { checkPath } from '../../../pipelines/http/access/token.ts';
import { runVenuebox } from '../../support/program.ts';

const test = suite('command line');

test('commands and their options are read', () => {
  assert.equal(parseCommand(['run', '--config', 'a.yaml', '--set', 'b.c=1', '--set', 'd=2']), {
    verb: 'run',
    config: 'a.yaml',
    overrides: ['b.c=1', 'd=2'],
  });
  assert.equal(parseCommand(['demo']), { verb: 'demo', isIdle: false, overrides: [] });
  assert.equal(parseCommand(['demo', '--idle']), { verb: 'demo', isIdle: true, overrides: [] });
  assert.equal(parseCommand(['check', 'a.yaml']), {
    verb: 'check',
    config: 'a.yaml',
    overrides: [],
  });
  assert.equal(parseCommand(['--help']), { verb: 'help' });
});

test('update --stop stops one, and names none to install', async () => {
  const read = (...words: string[]) => {
    const command = parseCommand(['update', '--stop', ...words]);
    assert.ok(command.verb === 'update' && command.isStop);
    return command;
  };
  assert.equal([read().isBack, read().from], [false, undefined]);
  const deps = { paths: [], print: () => undefined, nowMs: () => 0, isTerminal: false };
  for (const more of ['--back', 'https://example.org/a.release']) {
    const asked = runUpdateCommand(read(more), deps, AbortSignal.abort());
    const refused = await asked.catch((error: unknown) => error as Error);
    assert.instance(refused, UsageError);
    assert.match((refused as Error).message, '--stop stops an update');
  }
});

test('sign makes an address of the secret that the config names, and never reports the secret', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-sign-'));
  const [config, secret] = [join(folder, 'box.yaml'), join(folder, 'secret')];
  writeFileSync(config, `clips: {token_secret_file: ${secret}}\n`);
  writeFileSync(secret, 'short');
  const refused = await runVenuebox('sign', '/posters/live-640', '--config', config);
  assert.is(refused.code, 1);
  assert.match(refused.stderr, 'must hold 16 to 4096 characters');
  assert.not.match(refused.stderr, 'short');
  writeFileSync(secret, 'a secret of this venue\n');
  const { stdout, code } = await runVenuebox(
    'sign',
    '/posters/live-640',
    '-c',
    config,
    '--hours',
    '2',
  );
  assert.is(code, 0);
  const { pathname } = new URL(stdout.trim());
  const key = Buffer.from('a secret of this venue');
  const nowS = Date.now() / 1000;
  assert.is(checkPath(pathname, nowS + 7_000, key).type, 'good');
  assert.is(checkPath(pathname, nowS + 7_300, key).type, 'expired');
  assert.is((await runVenuebox('sign', 'posters', '-c', config)).code, 2);
});

test('status and cmd are read, and values that read as JSON are that', () => {
  assert.equal(parseCommand(['status', '--json', '--socket', '/run/x.sock']), {
    verb: 'status',
    isJson: true,
    isWatching: false,
    socket: '/run/x.sock',
  });
  assert.equal(
    parseCommand([
      'cmd',
      'go-live',
      'force=true',
      'label=the encore',
      '--dry-run',
      '--expect',
      'armed',
    ]),
    {
      verb: 'cmd',
      name: 'go-live',
      args: { force: true, label: 'the encore' },
      isJson: false,
      isDryRun: true,
      expect: 'armed',
    },
  );
});

test('what cannot be followed is one line', () => {
  for (const args of [
    ['cmd'],
    ['cmd', 'fly'],
    ['cmd', 'mark', 'label'],
    ['cmd', 'arm', '--expect', 'asleep'],
    ['status', 'now'],
    [],
    ['fly'],
    ['run'],
    ['check'],
    ['demo', 'x'],
    ['--nope'],
    ['demo', '--config', 'x'],
    ['run', '--config'],
    ['status', '--idle'],
    ['run', '--version'],
  ]) {
    assert.throws(
      () => parseCommand(args),
      (error: unknown) => error instanceof UsageError && !error.message.includes('\n'),
    );
  }
});

test('each verb has a help with all of its options, and refuses those of others', () => {
  for (const verb of VERB_NAMES) {
    assert.equal(parseCommand([verb, '--help']), { verb: 'help', of: verb });
    const help = renderVerbHelp(verb);
    assert.match(help, `Usage: venuebox ${verb}`);
    for (const { name } of verbOf(verb).options) assert.match(help, `--${name}`);
  }
  assert.throws(
    () => parseCommand(['demo', '--config', 'x']),
    /demo does not take --config; it takes: --idle, --set KEY=VALUE; see venuebox demo --help/,
  );
  assert.throws(() => parseCommand(['status', '--wach']), /--wach; did you mean --watch\?/);
  assert.throws(() => parseCommand(['statsu']), /unknown verb statsu; did you mean status\?/);
});

test('an option without its value, or with one that it does not take, is an error', () => {
  for (const [args, message] of [
    [['run', '--config'], '--config needs a value'],
    [['run', '--config', '--set'], '--config needs a value; one that begins with a hyphen'],
    [['status', '--json=1'], '--json takes no value'],
    [['status', '-x'], 'unknown option --x'],
  ] as const) {
    assert.throws(() => parseCommand(args), new RegExp(message));
  }
  const { overrides } = parseCommand(['demo', "--set=drop.title='A: B'"]) as { overrides: unknown };
  assert.equal(overrides, ["drop.title='A: B'"]);
});

test('--help and --version print and exit 0, a wrong command exits 2', async () => {
  const [help, version, wrong] = await Promise.all([
    runVenuebox('--help'),
    runVenuebox('--version'),
    runVenuebox('fly'),
  ]);
  assert.is(help.code, 0);
  assert.match(help.stdout, 'runs the box');
  assert.match(version.stdout, /^venuebox \d+\.\d+\.\d+\n$/);
  assert.equal(
    [wrong.code, wrong.stderr],
    [2, 'venuebox: unknown verb fly; see venuebox --help\n'],
  );
});

test('check says what is wrong with a config and exits 78, or that nothing is', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'venuebox-')), 'box.yaml');
  writeFileSync(file, 'viewers:\n  port: 99999\n');
  const [wrong, missing, right] = await Promise.all([
    runVenuebox('check', file),
    runVenuebox('check', `${file}.nope`),
    runVenuebox('check', 'systemd/venuebox.example.yaml'),
  ]);
  assert.is(wrong.code, 78);
  assert.is(
    wrong.stderr,
    `venuebox: ${file}:2: viewers.port must be a whole number from 1 to 65535, not 99999\n`,
  );
  assert.is(missing.code, 78);
  assert.match(missing.stderr, 'cannot be read');
  assert.is(right.code, 0);
});

test('check reports which files a config names that cannot be read on this machine', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-'));
  const [file, there, nowhere] = ['box.yaml', 'secret', 'none'].map((one) => join(folder, one));
  writeFileSync(there ?? '', 'a secret of enough letters');
  const uplink = (path = '') => `uplink: {host: a, port: 9, passphrase_file: ${path}}\n`;
  const modems = `modems: {pin_files: {'894': ${nowhere}}}\n`;
  writeFileSync(file ?? '', uplink(there));
  const right = await runVenuebox('check', file ?? '');
  assert.is(right.stdout, `${file}: no fault found\n`);
  writeFileSync(file ?? '', `${uplink(nowhere)}${modems}operator: {pin_file: ${nowhere}}\n`);
  const wrong = await runVenuebox('check', file ?? '');
  assert.is(wrong.code, 0);
  assert.equal(wrong.stdout.split('\n').slice(1, -1).toSorted(), [
    `  modems.pin_files.894: ${nowhere} is not there`,
    `  operator.pin_file: ${nowhere} is not there`,
    `  uplink.passphrase_file: ${nowhere} is not there`,
  ]);
});

test('the demo’s welcome shows the address a phone can open, and a code for it', () => {
  const interfaces = {
    lo: [{ address: '127.0.0.1', family: 'IPv4', internal: true }],
    eth0: [{ address: '192.0.2.7', family: 'IPv4', internal: false }],
  };
  const addresses = findAddresses(
    interfaces,
    { host: '0.0.0.0', port: 8080 },
    { host: '127.0.0.1', port: 8081 },
  );
  assert.equal(addresses, { player: 'http://192.0.2.7:8080/', operator: 'http://127.0.0.1:8081/' });
  const text = renderWelcome(
    {
      camera: 'test picture',
      sound: 'tone',
      encoder: 'x264enc',
      drop: { phase: 'live', sinceMs: 0 },
    },
    [],
    addresses,
  );
  assert.match(text, 'http://192.0.2.7:8080/');
  assert.match(text, '█▄▄▄█');
});

test('the address is that of the interface that guests are on, or the one that is set', () => {
  const any = { host: '0.0.0.0', port: 8080 };
  const on = (address: string) => [{ address, family: 'IPv4', internal: false }];
  const interfaces = {
    docker0: on('172.17.0.1'),
    wwan0: on('100.70.1.2'),
    eth0: on('203.0.113.5'),
    wlan0: on('10.42.0.1'),
  };
  const player = (viewers: Listening, hints: AddressHints = {}) =>
    findAddresses(interfaces, viewers, any, hints).player;
  assert.is(player(any), 'http://203.0.113.5:8080/', 'no container and no modem');
  assert.is(player(any, { upstream: ['eth0'] }), 'http://10.42.0.1:8080/');
  assert.is(player(any, { reachedAt: '10.42.0.1' }), 'http://10.42.0.1:8080/');
  assert.is(player(any, { reachedAt: '10.9.9.9' }), 'http://203.0.113.5:8080/', 'gone');
  const set = (address: string) => player({ ...any, address }, { reachedAt: '10.42.0.1' });
  assert.is(set('stage.local'), 'http://stage.local:8080/');
  assert.is(set('fd00::2'), 'http://[fd00::2]:8080/');
  assert.is(set('https://example.org/live'), 'https://example.org/live/');
  assert.is(set('https://example.org/live/'), 'https://example.org/live/');
});

test('the address on a network without IPv4 is one of IPv6, or the name by mDNS', () => {
  const any = { host: '::', port: 8080 };
  const address = (family: 'IPv4' | 'IPv6', ...all: readonly string[]) =>
    all.map((one) => ({ address: one, family, internal: false }));
  const lo = [{ address: '::1', family: 'IPv6', internal: true }];
  const playerOn = (eth0: ReturnType<typeof address>, viewers = any) =>
    findAddresses({ lo, eth0 }, viewers, any, { machine: 'stage.example' }).player;
  const [link, ula] = ['fe80::1', 'fd00::2'];
  assert.is(playerOn(address('IPv6', link, ula)), 'http://[fd00::2]:8080/');
  assert.is(playerOn(address('IPv6', link, '2001:db8::7')), 'http://[2001:db8::7]:8080/');
  assert.is(playerOn(address('IPv6', link)), 'http://stage.local:8080/');
  const v4 = address('IPv4', '10.0.0.5');
  assert.is(playerOn([...address('IPv6', ula), ...v4]), 'http://10.0.0.5:8080/');
  const own = address('IPv4', '169.254.3.4');
  assert.is(playerOn([...own, ...address('IPv6', ula)]), 'http://[fd00::2]:8080/');
  assert.is(playerOn([...own, ...address('IPv6', link)]), 'http://169.254.3.4:8080/');
  assert.is(playerOn([]), 'http://localhost:8080/');
  const onlyV4 = { host: '0.0.0.0', port: 8080 };
  assert.is(playerOn(address('IPv6', ula), onlyV4), 'http://localhost:8080/');
  const one = { host: 'fd00::2', port: 8080 };
  assert.is(playerOn(v4, one), 'http://[fd00::2]:8080/');
});

test.run();
