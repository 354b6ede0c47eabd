/** The schema as a form, and the help text of each of its keys. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Field, settingsOfSchema } from '../../../../daemon/config/form/form.ts';
import { helpOf } from '../../../../daemon/config/form/help.ts';

const test = suite('form of the config');

const fieldOf = (path: string) => settingsOfSchema().find((one) => one.path === path)?.field;

test('a field takes what its key takes, with the limits of the schema', () => {
  assert.equal(fieldOf('camera.fps'), { kind: 'number', min: 5, max: 60 });
  assert.equal(fieldOf('drop.title'), { kind: 'text', max: 120 });
  assert.equal(fieldOf('drop.starts_at'), { kind: 'time' });
  assert.equal(fieldOf('box.announce'), { kind: 'flag' });
  assert.equal(fieldOf('encoder.speed')?.kind, 'choice');
  assert.equal(fieldOf('recording.targets')?.kind, 'list');
  assert.equal(fieldOf('uplink')?.kind, 'object');
});

test('files with secrets are secrets, also within a group', () => {
  for (const path of ['mqtt.password_file', 'operator.pin_file', 'clips.token_secret_file']) {
    assert.is(fieldOf(path)?.kind, 'secret', path);
  }
  assert.is(fieldOf('modems.pin_files')?.kind, 'secrets');
  const uplink = fieldOf('uplink') as Extract<Field, { kind: 'object' }>;
  assert.is(uplink.fields['passphrase_file']?.kind, 'secret');
  const backfill = uplink.fields['backfill'] as Extract<Field, { kind: 'object' }>;
  assert.is(backfill.fields['token_file']?.kind, 'secret');
});

test('what could run programs or write files of its own is not on the form', () => {
  for (const path of ['camera.launch', 'sound.launch', 'control.socket', 'operator.pin_hash']) {
    assert.is(fieldOf(path)?.kind, 'file-only', path);
  }
});

test('each setting has the help text that stands beside it in the example', () => {
  const help = helpOf(readFileSync('systemd/venuebox.example.yaml', 'utf8'));
  assert.match(help['camera.fps'] ?? '', 'frames per second');
  assert.match(help['sound.pick'] ?? '', 'which channels of a mixer');
  assert.match(help['drop.catalogue.price'] ?? '', 'smallest unit');
  assert.match(help['uplink.links.weight'] ?? '', 'multiplies the share');
  assert.match(help['panel.buttons.drop'] ?? '', 'short: arm');
  const hidden = settingsOfSchema().filter(
    ({ path, field }) => field.kind !== 'file-only' && help[path] === undefined,
  );
  assert.ok(hidden.length < settingsOfSchema().length / 5, hidden.map(({ path }) => path).join());
});

test.run();
