/** Settings from a file on the boot partition: taken once and checked, with secrets moved away. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type BootWifi, takeBootFile } from '../../../daemon/settings/boot-file.ts';
import { loadSettings } from '../../../daemon/settings/load.ts';

const test = suite('settings from the boot partition');

const FILE = `# for the café
box: {name: corner, language: de}
operator: {pin: "0123"}
modems: {pins: {'sim 1': "4711"}}
wifi: {ssid: Cafe Central, password: "espresso1"}
uplink:
  destinations:
    - {id: show, kind: rtmp, url: rtmps://a.example.org/live2, key: abcd-efgh}
`;
const SECRETS = /0123|4711|espresso1|abcd-efgh/;
const noText = { source: '/etc/venuebox/venuebox.yaml', yaml: '', overrides: [] };

/** A boot partition and a box, joined by the script that root runs. */
function open(yaml: string, name = 'venuebox.yaml') {
  const root = mkdtempSync(join(tmpdir(), 'venuebox-boot-'));
  const [boot, state] = [join(root, 'boot'), join(root, 'state')];
  for (const folder of [boot, state]) mkdirSync(folder);
  writeFileSync(join(boot, name), yaml);
  const joined: BootWifi[] = [];
  const known: boolean[] = [];
  const run = (verb: string) =>
    execFileSync('sh', ['systemd/venuebox.boot', verb], {
      env: { ...process.env, VENUEBOX_STATE: state, VENUEBOX_BOOT: boot, VENUEBOX_USER: 'root' },
    });
  const start = async (text = noText) => {
    run('fetch');
    await takeBootFile(state, text, {
      sealed: async (path, secret) =>
        path === 'operator.pin_file' ? `hashed-${secret.length}` : secret,
      chooseWifi: async (wifi, hasPin) => {
        joined.push(wifi);
        known.push(hasPin);
      },
    });
    run('report');
  };
  const read = (name: string) => readFileSync(join(boot, name), 'utf8');
  return {
    ...{ boot, state, joined, known, start, read },
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  };
}

test('is taken as an editor of another system saves it: with .txt, a byte order mark and its line ends', async () => {
  using at = open(`\ufeffoperator: {pin: "1234"}\r\n`, 'venuebox.yaml.txt');
  await at.start();
  assert.ok(existsSync(join(at.boot, 'venuebox.yaml.txt.taken')));
  assert.not(existsSync(join(at.boot, 'venuebox.yaml.txt')));
  const { config } = await loadSettings(at.state, noText);
  assert.is(readFileSync(config.operator.pin_file, 'utf8'), 'hashed-4\n');
});

test('is taken once, with each secret in a file that only the box reads', async () => {
  using at = open(FILE);
  await at.start();
  const { config } = await loadSettings(at.state, noText);
  assert.equal([config.box.name, config.box.language], ['corner', 'de']);
  const key = config.uplink?.destinations[0]?.key_file ?? '';
  const files = [config.operator.pin_file, key, config.modems.pin_files['sim 1'] ?? ''];
  assert.equal(
    files.map((file) => readFileSync(file, 'utf8')),
    ['hashed-4\n', 'abcd-efgh\n', '4711\n'],
  );
  for (const file of files) assert.is(statSync(file).mode & 0o077, 0);
  assert.equal(at.joined, [{ ssid: 'Cafe Central', password: 'espresso1' }]);
  assert.equal(at.known, [true]);
  assert.equal(readdirSync(at.boot), ['venuebox.yaml.taken']);
  assert.not.match(at.read('venuebox.yaml.taken'), SECRETS);
  assert.match(at.read('venuebox.yaml.taken'), 'name: corner');
  assert.match(at.read('venuebox.yaml.taken'), 'ssid: Cafe Central');
  assert.not.match(readFileSync(join(at.state, 'settings.yaml'), 'utf8'), SECRETS);
  assert.equal(
    readdirSync(at.state).filter((name) => name.startsWith('boot')),
    [],
  );
});

test('that cannot be erased is taken once all the same: what the crew has changed since holds', async () => {
  using at = open(FILE);
  // What is to be written there is in the way: a partition that has become read-only.
  mkdirSync(join(at.boot, 'venuebox.yaml.taken'));
  const started = () =>
    at.start().then(
      () => '',
      (error: Error) => error.message,
    );
  assert.match(await started(), /venuebox\.boot report/);
  rmSync(join(at.state, 'settings.yaml'));
  assert.match(await started(), /venuebox\.boot report/);
  assert.not(existsSync(join(at.state, 'settings.yaml')));
  assert.is(at.joined.length, 1);
  assert.not(existsSync(join(at.state, 'boot.yaml')), 'its secrets lie in no file more');
  rmSync(join(at.boot, 'venuebox.yaml.taken'), { recursive: true });
  await at.start();
  assert.equal(readdirSync(at.boot), ['venuebox.yaml.taken'], 'reported once it can be');
  assert.match(at.read('venuebox.yaml.taken'), 'name: corner');
  writeFileSync(join(at.boot, 'venuebox.yaml'), FILE);
  await at.start();
  assert.is(at.joined.length, 2, 'one that a person has put there again is another one');
});

test('without a PIN says where one is chosen, and forbids no hotspot', async () => {
  using at = open('wifi: {ssid: Cafe Central, password: "espresso1"}\nbox: {name: corner}\n');
  await at.start();
  assert.equal(at.known, [false]);
  assert.match(at.read('venuebox.yaml.taken'), /^# No operator\.pin/m);
  using closed = open('network: {hotspot: false}\n');
  await closed.start();
  assert.match(closed.read('venuebox.yaml.error'), /line 1: network\.hotspot must not be false/);
});

test('a file with faults is left as it is, with each fault and its line beside it', async () => {
  using at = open(
    'box: {name: Café Zentral}\noperator:\n  pin: 123\n  prot: 80\nwifi: {ssid: x, password: short}\n',
  );
  await at.start();
  const said = at.read('venuebox.yaml.error');
  for (const fault of [
    /line 1: box\.name must be lower-case/,
    /line 3: operator\.pin must be text in quotes/,
    /line 4: .*prot.*did you mean port/,
    /line 5: wifi\.password must be/,
  ]) {
    assert.match(said, fault);
  }
  assert.not.match(said, /short/);
  assert.ok(existsSync(join(at.boot, 'venuebox.yaml')));
  assert.equal(readdirSync(at.state), [], 'nothing of it is taken');
  writeFileSync(join(at.boot, 'venuebox.yaml'), 'box: {name: corner}\n');
  await at.start();
  assert.equal(readdirSync(at.boot), ['venuebox.yaml.taken'], 'the next start takes it');
});

test('what the config file sets, what is no YAML and what is empty is refused with the reason', async () => {
  for (const [yaml, why] of [
    ['box: {name: other}', /box\.name is set in \/etc\/venuebox\/venuebox\.yaml/],
    ['box: {name: [', /line 1/],
    [
      `update: {key: ${Buffer.alloc(32, 7).toString('base64')}}`,
      /update\.key must be set in \/etc/,
    ],
    ['', /it holds no settings/],
    ['- a\n- b\n', /it holds no settings/],
  ] as const) {
    using at = open(yaml);
    await at.start({ ...noText, yaml: 'box: {name: mine}' });
    assert.match(at.read('venuebox.yaml.error'), why);
  }
});

test('a start without one changes nothing', async () => {
  using at = open(FILE);
  rmSync(join(at.boot, 'venuebox.yaml'));
  await at.start();
  assert.equal([...readdirSync(at.boot), ...readdirSync(at.state)], []);
});

test.run();
