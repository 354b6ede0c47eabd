/** Secrets of the operator's page: given once, kept for the box alone, sent to nobody else. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openTestSettings, testFolder } from './support.ts';

const test = suite('secrets of the settings');

test('a secret is saved for the box’s user alone, sealed, and never shown again', async () => {
  await using box = await testFolder();
  const { save, shownOf, settings } = openTestSettings(await box.load(), box.folder);
  await save({
    'mqtt.password_file': { set: 'correct horse' },
    'modems.pin_files': { any: { set: '1234' } },
  });
  assert.is((await shownOf('mqtt.password_file'))?.value, true);
  assert.equal((await shownOf('modems.pin_files'))?.value, { any: true });
  assert.not.match(JSON.stringify(await settings.view()), /horse|1234/);
  const { config } = await box.load();
  const file = config.mqtt.password_file;
  assert.is(readFileSync(file, 'utf8'), 'sealed correct horse\n');
  assert.is(statSync(file).mode & 0o777, 0o600);
  // Kept where the page sends that it stays.
  await save({ 'modems.pin_files': { any: true, wwan0: { set: '5678' } } });
  const { pin_files } = (await box.load()).config.modems;
  assert.is(readFileSync(pin_files['any'] ?? '', 'utf8'), 'sealed 1234\n');
  const wrong = await save({ 'modems.pin_files': { any: { set: 'x' } } });
  assert.is(wrong.status, 'wrong');
});

test('a secret in a row of a list stays with its row', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  const row = (id: string, key_file: unknown) => ({
    ...{ id, kind: 'rtmp', url: 'rtmps://a.example.org/live', key_file },
  });
  const first = [row('a', { set: 'key-of-a' }), row('b', { set: 'key-of-b' })];
  assert.is((await save({ uplink: { destinations: first } })).status, 'saved');
  const second = [row('b', true), row('c', { set: 'key-of-c' })];
  assert.is((await save({ uplink: { destinations: second } })).status, 'saved');
  const { uplink } = (await box.load()).config;
  const keys = uplink?.destinations.map(({ key_file }) => readFileSync(key_file, 'utf8'));
  assert.equal(keys, ['sealed key-of-b\n', 'sealed key-of-c\n']);
});

test('no file of the box is sent as a token: the page gives the token itself', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  const uplink = (token_file: unknown) => ({
    ...{ host: 'relay.example.org', port: 5000 },
    backfill: { url: 'https://a.example.org', token_file },
  });
  assert.is((await save({ uplink: uplink('/etc/hostname') })).status, 'wrong');
  const saved = await save({ uplink: uplink({ set: 'token-of-the-store' }) });
  assert.is(saved.status, 'saved', JSON.stringify(saved));
  const file = (await box.load()).config.uplink?.backfill.token_file ?? '';
  assert.is(readFileSync(file, 'utf8'), 'sealed token-of-the-store\n');
});

test('a secret that stays goes to no other receiver than the one it was given for', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  const rtmp = { id: 'a', kind: 'rtmp', url: 'rtmps://a.example.org/live' };
  const uplink = (rest: object, list: readonly object[]) => ({
    ...{
      host: 'relay.example.org',
      port: 5000,
      passphrase_file: true,
      destinations: list,
      ...rest,
    },
  });
  const given = { passphrase_file: { set: 'correct horse' } };
  const first = uplink(given, [{ ...rtmp, key_file: { set: 'key-of-a' } }]);
  assert.is((await save({ uplink: first })).status, 'saved');
  const kept = { ...rtmp, key_file: true };
  assert.is((await save({ uplink: uplink({ latency_ms: 500 }, [kept]) })).status, 'saved');
  const faultsOf = async (value: object) => {
    const outcome = await save({ uplink: value });
    return outcome.status === 'wrong' ? outcome.faults : [];
  };
  const moved = await faultsOf(uplink({}, [{ ...kept, url: 'rtmps://b.example.org/live' }]));
  assert.is(moved[0]?.path, 'uplink.destinations.0.key_file');
  assert.match(moved[0]?.reason ?? '', 'must be entered again, as url');
  const other = await faultsOf(uplink({ host: 'b.example.org' }, [kept]));
  assert.equal(
    other.map(({ path }) => path),
    ['uplink.passphrase_file'],
  );
  const typed = { ...rtmp, url: 'rtmps://b.example.org/live', key_file: { set: 'key-of-b' } };
  assert.is((await save({ uplink: uplink({}, [typed]) })).status, 'saved');
});

test('a password that stays goes to no other broker, nor to another camera', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  const given = {
    'mqtt.url': 'mqtts://a.example.org:8883',
    'mqtt.password_file': { set: 'horse' },
  };
  assert.is((await save(given)).status, 'saved');
  const faultOf = async (changes: Readonly<Record<string, unknown>>) => {
    const outcome = await save(changes);
    return outcome.status === 'wrong' ? outcome.faults[0] : undefined;
  };
  const kept = { 'mqtt.password_file': true };
  for (const url of ['mqtts://b.example.org:8883', 'mqtt://a.example.org:8883']) {
    for (const changes of [{ 'mqtt.url': url }, { 'mqtt.url': url, ...kept }]) {
      const fault = await faultOf(changes);
      assert.is(fault?.path, 'mqtt.password_file');
      assert.match(fault?.reason ?? '', 'must be entered again, as url');
    }
  }
  // Nor by way of none.
  assert.is((await save({ 'mqtt.url': '' })).status, 'saved');
  const byNone = await faultOf({ 'mqtt.url': 'mqtts://b.example.org:8883' });
  assert.is(byNone?.path, 'mqtt.password_file');
  const typed = { 'mqtt.url': 'mqtts://b.example.org:8883', 'mqtt.password_file': { set: 'b' } };
  assert.is((await save(typed)).status, 'saved');
  assert.is((await save({ 'mqtt.username': 'cafe', ...kept })).status, 'saved');
  const camera = { 'camera.url': 'rtsp://10.0.0.2/a', 'camera.credentials_file': { set: 'a:b' } };
  assert.is((await save({ 'camera.driver': 'rtsp', ...camera })).status, 'saved');
  const moved = await faultOf({ 'camera.url': 'rtsp://10.0.0.9/a' });
  assert.is(moved?.path, 'camera.credentials_file');
});

test('a password of the config file goes to no broker that the page names', async () => {
  await using box = await testFolder();
  const file = join(box.folder, 'password');
  writeFileSync(file, 'horse\n', { mode: 0o600 });
  const loaded = await box.load(`mqtt: {password_file: ${file}}\n`);
  const { save } = openTestSettings(loaded, box.folder);
  const outcome = await save({ 'mqtt.url': 'mqtt://b.example.org:1883' });
  const [fault] = outcome.status === 'wrong' ? outcome.faults : [];
  assert.is(fault?.path, 'mqtt.url');
  assert.match(fault?.reason ?? '', 'config file, where mqtt.password_file is');
});

test.run();
