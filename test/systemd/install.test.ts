/** scripts/install.sh into a folder, and the files that it lays down. */
import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../daemon/config/file.ts';
import { HELPER_SOCKET } from '../../hal/network/client.ts';

const test = suite('installing');

function run(command: string, ...args: readonly string[]) {
  return new Promise<{ code: number | string; output: string }>((resolve) => {
    execFile(command, args, { timeout: 120_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? 1), output: stdout + stderr });
    });
  });
}

const install = (root: string, ...options: readonly string[]) =>
  run('bash', 'scripts/install.sh', '--root', root, '--no-app', ...options);

/** Each file below a folder with its mode and its text. */
function contentsOf(root: string): Record<string, string> {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    paths.toSorted().flatMap((path) => {
      const found = statSync(join(root, path), { throwIfNoEntry: false });
      if (!found?.isFile()) return [];
      return [
        [path, `${(found.mode & 0o777).toString(8)} ${readFileSync(join(root, path), 'utf8')}`],
      ];
    }),
  );
}

const newRoot = () => mkdtempSync(join(tmpdir(), 'venuebox-install-'));
const UNIT = readFileSync('systemd/venuebox.service', 'utf8');
const RELAY_UNIT = readFileSync('systemd/venuebox-relay.service', 'utf8');

async function isHere(command: string): Promise<boolean> {
  return (await run(command, '--version')).code === 0;
}

test('installing twice is installing once, and a changed config stays', async () => {
  const root = newRoot();
  const first = await install(root);
  assert.is(first.code, 0, first.output);
  assert.match(first.output, 'To undo: sudo scripts/install.sh --uninstall');
  const before = contentsOf(root);
  assert.is((await install(root)).code, 0);
  assert.equal(contentsOf(root), before);
  const config = join(root, 'etc/venuebox/venuebox.yaml');
  writeFileSync(config, 'box: {name: mine}\n');
  await install(root);
  assert.is(readFileSync(config, 'utf8'), 'box: {name: mine}\n');
});

test('uninstalling leaves the config, and with --purge nothing', async () => {
  const root = newRoot();
  await install(root);
  const kept = await run('bash', 'scripts/install.sh', '--root', root, '--uninstall');
  assert.is(kept.code, 0, kept.output);
  assert.equal(Object.keys(contentsOf(root)), ['etc/venuebox/venuebox.yaml']);
  await run('bash', 'scripts/install.sh', '--root', root, '--uninstall', '--purge');
  assert.equal(contentsOf(root), {});
  const again = await run('bash', 'scripts/install.sh', '--root', root, '--uninstall');
  assert.is(again.code, 0, again.output);
});

test('an option that is not there is reported, and nothing is done', async () => {
  const root = newRoot();
  const refused = await install(root, '--fast');
  assert.is(refused.code, 1);
  assert.match(refused.output, 'no option --fast');
  assert.equal(contentsOf(root), {});
});

test('the config that is installed is one that the box takes', () => {
  const yaml = readFileSync('systemd/venuebox.yaml', 'utf8');
  assert.match(parseConfig('venuebox.yaml', yaml, []).box.name, /^venuebox-[\da-f]{5}$/);
  // What it suggests, too.
  const [head = '', tail = ''] = yaml.split('# box:\n');
  const suggested = parseConfig('x', `${head}box:\n${tail.replace(/^# /gm, '')}`, []);
  assert.equal([suggested.box.name, suggested.camera.driver], ['corner', 'v4l2']);
});

test('the unit starts what the installer lays there', () => {
  const started = /^ExecStart=(\S+)/m.exec(UNIT)?.[1];
  assert.is(started, '/opt/venuebox/bin/venuebox');
  assert.match(readFileSync('scripts/install.sh', 'utf8'), `${started}'`);
});

test('the network helper is the installed program, at the socket that the box asks', () => {
  const unit = readFileSync('systemd/venuebox-network.service', 'utf8');
  const socket = readFileSync('systemd/venuebox-network.socket', 'utf8');
  const [, program] = /^ExecStart=\S+ \/opt\/venuebox\/dist\/(\S+)\.js$/m.exec(unit) ?? [];
  assert.match(readFileSync('scripts/build.mjs', 'utf8'), `'${program}'`);
  assert.is(/^ListenStream=(.*)$/m.exec(socket)?.[1], HELPER_SOCKET);
  assert.match(UNIT, /^Wants=.*\bvenuebox-network\.socket$/m);
  assert.match(socket, /^SocketUser=venuebox\nSocketMode=0600$/m);
});

/** The unit with a program that this machine has, since verify looks for it. */
function verifiable(unit = UNIT, name = 'venuebox'): string {
  const folder = newRoot();
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.service`);
  writeFileSync(path, unit.replace(/\/opt\/venuebox\/bin\/venuebox(?:-boot)?/g, '/bin/true'));
  return path;
}

if (await isHere('systemd-analyze')) {
  test('systemd finds nothing wrong with the unit', async () => {
    const { code, output } = await run('systemd-analyze', 'verify', verifiable());
    assert.is(output.trim(), '');
    assert.is(code, 0);
  });

  test('systemd finds nothing wrong with the relay’s unit, whose exposure is 2.0 at most', async () => {
    const unit = verifiable(RELAY_UNIT, 'venuebox-relay');
    const { code, output } = await run('systemd-analyze', 'verify', unit);
    assert.equal([code, output.trim()], [0, '']);
    const args = ['security', '--offline=true', '--threshold=20', unit];
    const exposed = await run('systemd-analyze', ...args);
    assert.is(exposed.code, 0, exposed.output.slice(-200));
  });

  test('systemd finds nothing wrong with the network helper, whose exposure is 2.0 at most', async () => {
    const folder = newRoot();
    const paths = ['service', 'socket'].map((kind) => join(folder, `venuebox-network.${kind}`));
    for (const path of paths) {
      const unit = readFileSync(join('systemd', basename(path)), 'utf8');
      writeFileSync(path, unit.replace('/opt/venuebox/bin/node', '/bin/true'));
    }
    const { code, output } = await run('systemd-analyze', 'verify', ...paths);
    assert.equal([code, output.trim()], [0, '']);
    const args = ['security', '--offline=true', '--threshold=20', paths[0] ?? ''];
    const exposed = await run('systemd-analyze', ...args);
    assert.is(exposed.code, 0, exposed.output.slice(-200));
  });

  test('the exposure of the unit is 3.0 at most', async () => {
    const args = ['security', '--offline=true', '--threshold=30', verifiable()];
    const { code, output } = await run('systemd-analyze', ...args);
    assert.match(output, /Overall exposure level for venuebox.service: \d/);
    assert.is(code, 0, output.slice(-200));
  });

  test('user, groups and folders are made, twice without harm', async () => {
    const root = newRoot();
    await install(root);
    for (let i = 0; i < 2; i += 1) {
      const made = await run('systemd-sysusers', `--root=${root}`);
      assert.is(made.code, 0, made.output);
    }
    const passwd = readFileSync(join(root, 'etc/passwd'), 'utf8');
    assert.match(
      passwd,
      /^venuebox:x:\d+:\d+:venuebox:\/var\/lib\/venuebox:\/usr\/sbin\/nologin$/m,
    );
    const group = readFileSync(join(root, 'etc/group'), 'utf8');
    for (const name of ['audio', 'dialout', 'gpio', 'i2c', 'lp', 'render', 'video']) {
      assert.match(group, new RegExp(`^${name}:.*\\bvenuebox$`, 'm'));
    }
    if (process.getuid?.() !== 0) return;
    const made = await run('systemd-tmpfiles', `--root=${root}`, '--create', 'venuebox.conf');
    assert.is(made.code, 0, made.output);
    const config = statSync(join(root, 'etc/venuebox/venuebox.yaml'));
    assert.is(config.mode & 0o777, 0o640);
    assert.is(config.gid, statSync(join(root, 'srv/venuebox')).gid);
  });
} else {
  console.log('SKIPPED 5: systemd-analyze is not on this machine');
}

test.run();
