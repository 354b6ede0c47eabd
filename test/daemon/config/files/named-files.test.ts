/** Every file that a config names is read the same way: none holds up the start. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfig } from '../../../../daemon/cli/read-config.ts';
import { parseConfig } from '../../../../daemon/config/file.ts';
import { exposedSecrets, unreadableFiles } from '../../../../daemon/config/files/named-files.ts';
import { readSecretFile } from '../../../../daemon/media/secret-file.ts';
import { openPin } from '../../../../daemon/web/pin-store.ts';
import { readCredentials } from '../../../../hal/gst/network-source.ts';
import { messageOf, silentLog } from '../../../../hal/os/log.ts';
import { readSecret } from '../../../../pipelines/http/access/access.ts';
import { openServerOptions } from '../../../../pipelines/http/server-settings.ts';
import { openSlateFiles } from '../../../../pipelines/source/slate-files.ts';

const test = suite('files that a config names');

function openFolder() {
  const path = mkdtempSync(join(tmpdir(), 'venuebox-named-'));
  execFileSync('mkfifo', [join(path, 'fifo')]);
  mkdirSync(join(path, 'dir'));
  writeFileSync(join(path, 'large'), '');
  truncateSync(join(path, 'large'), 100_000_000);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

const LIMITS = { maxConnections: 1, maxConnectionsPerAddress: 1 };
const SLATE = { widthPx: 64, heightPx: 64, title: 'a', text: '' };

const faultsOf = (yaml: string) =>
  unreadableFiles(parseConfig('x', yaml, [])).map(({ key, reason }) => `${key}: ${reason}`);

/** Each reader of such a file. */
const readers = (folder: string): Readonly<Record<string, (file: string) => unknown>> => ({
  config: (file) => readConfig(file, []),
  'uplink.passphrase_file': (file) => readSecretFile('uplink.passphrase_file', file),
  'clips.token_secret_file': readSecret,
  'operator.pin_file': (pin_file) => openPin({ pin_hash: '', pin_file }, folder, silentLog),
  'camera.credentials_file': (file) => readCredentials('camera.credentials_file', file),
  'viewers.tls': (certFile) =>
    openServerOptions(
      {
        ...{ host: '127.0.0.1', port: 1, ...LIMITS },
        tls: { port: 2, certFile, keyFile: certFile },
      },
      silentLog,
    ),
  'drop.picture_file': (pictureFile) =>
    openSlateFiles(join(folder, 'slates'), { ...SLATE, pictureFile }, AbortSignal.timeout(20_000)),
});

test('a pipe, a device, a folder and what is too long are refused by each reader, with why', async () => {
  using folder = openFolder();
  for (const [key, read] of Object.entries(readers(folder.path))) {
    for (const [file, why] of [
      [join(folder.path, 'fifo'), 'is a pipe (FIFO)'],
      ['/dev/zero', 'is a device'],
      [join(folder.path, 'dir'), 'is a folder'],
      [join(folder.path, 'large'), 'has more than'],
    ] as const) {
      // Pictures have any size: this one is none.
      if (key === 'drop.picture_file' && file.endsWith('large')) continue;
      const told = await Promise.resolve()
        .then(() => read(file))
        .then(
          () => 'read',
          (error: unknown) => messageOf(error),
        );
      assert.match(told, why, `${key}: ${file}`);
    }
  }
});

test('a look’s file is read, and its line is named', () => {
  using folder = openFolder();
  const file = join(folder.path, 'x.cube');
  writeFileSync(file, 'LUT_3D_SIZE 2\n0 0 0\n1 0\n');
  const faults = faultsOf(`drop: {look: {cube_file: ${file}}}`);
  assert.equal(faults, [
    `drop.look.cube_file: ${file}:3: a line of the table must be three numbers`,
  ]);
});

test('`check` lists them without opening one', () => {
  using folder = openFolder();
  const fifo = join(folder.path, 'fifo');
  const yaml = `mqtt: {password_file: ${fifo}, tls: {ca_file: /dev/zero}}\noperator: {tls: {cert_file: /none, key_file: ${join(folder.path, 'large')}}}\n`;
  const picture = (path: string) =>
    `{id: a, name: A, price: 1, currency: EUR, picture_file: ${path}}`;
  // A relative name begins in the state folder, which `check` does not know.
  const sold = [picture('/none.jpg'), picture('b.jpg').replace('id: a', 'id: b')].join();
  const drop = `drop: {id: friday, picture_file: duo.jpg, catalogue: [${sold}]}\n`;
  assert.equal(faultsOf(drop), ['drop.catalogue.0.picture_file: /none.jpg is not there']);
  assert.equal(faultsOf(yaml), [
    `operator.tls.cert_file: /none is not there`,
    `operator.tls.key_file: ${join(folder.path, 'large')} has more than 1024 KiB`,
    `mqtt.password_file: ${fifo} is a pipe (FIFO), not a file`,
    `mqtt.tls.ca_file: /dev/zero is a device, not a file`,
  ]);
});

test('a secret that every user of the machine can read is named, whichever it is', () => {
  using folder = openFolder();
  const file = join(folder.path, 'secret');
  writeFileSync(file, 'ten-letters\n');
  chmodSync(folder.path, 0o755);
  const uplink = `{host: a, port: 1, passphrase_file: ${file}, relay_secret_file: ${file}}`;
  const config = parseConfig(
    'x',
    `{uplink: ${uplink}, modems: {pin_files: {a: ${file}}}, clips: {token_secret_file: ${file}},
      drop: {picture_file: ${file}}, mqtt: {tls: {cert_file: ${file}}, password_file: /none}}`,
    [],
  );
  const named = () => exposedSecrets(config).map((line) => line.split(': ')[0]);
  for (const [mode, keys] of [
    [
      0o644,
      [
        'clips.token_secret_file',
        'modems.pin_files.a',
        'uplink.passphrase_file',
        'uplink.relay_secret_file',
      ],
    ],
    [0o640, []],
    [0o600, []],
  ] as const) {
    chmodSync(file, mode);
    assert.equal(named().toSorted(), keys, mode.toString(8));
  }
});

test('a folder that others may not enter hides its files, but for readers that look at the file alone', () => {
  using folder = openFolder();
  const file = join(folder.path, 'secret');
  writeFileSync(file, 'ten-letters\n');
  chmodSync(file, 0o644);
  const yaml = `{uplink: {host: a, port: 1, passphrase_file: ${file}}, operator: {pin_file: ${file}}}`;
  const named = () => {
    return exposedSecrets(parseConfig('x', yaml, [])).map((line) => line.split(': ')[0]);
  };
  chmodSync(folder.path, 0o700);
  assert.equal(named(), ['operator.pin_file']);
  chmodSync(folder.path, 0o711);
  assert.equal(named().toSorted(), ['operator.pin_file', 'uplink.passphrase_file']);
});

test('what the crew has sent lies in the state folder: its relative name is no fault here', () => {
  const look = 'look: {cube_file: looks/duo.cube}';
  const drop = `drop: {picture_file: pictures/duo.jpg, ${look}}`;
  assert.equal(faultsOf(`{${drop}, printer: {sticker_file: pictures/logo.png}}`), []);
  assert.match(faultsOf('printer: {sticker_file: /nowhere/logo.png}')[0] ?? '', 'is not there');
});

test.run();
