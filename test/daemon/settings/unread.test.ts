/** Settings that the disk does not give now: nothing replaces them, and nothing that they name is removed. */
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { takeBootFile } from '../../../daemon/settings/boot-file.ts';
import { saveSecret, saveStored, secretFile } from '../../../daemon/settings/stored.ts';
import { openTestSettings, testFolder } from './support.ts';

const test = suite('settings that cannot be read now');

/** Linux has EIO for address 0 of a process. */
function fail(file: string) {
  renameSync(file, `${file}.kept`);
  symlinkSync('/proc/self/mem', file);
  return { heal: () => renameSync(`${file}.kept`, file) };
}

test('hold as their version says, and again by themselves at the next start', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  await save({ 'drop.title': 'Good' });
  await box.load();
  const file = join(box.folder, 'settings.yaml');
  const text = readFileSync(file, 'utf8');
  const { heal } = fail(file);
  const { config, warning } = await box.load();
  assert.is(config.drop.title, 'Good');
  assert.match(warning ?? '', 'cannot be read now, a saved version');
  assert.not(existsSync(`${file}.bad`));
  heal();
  assert.is(readFileSync(file, 'utf8'), text);
  assert.is((await box.load()).warning, undefined);
});

test('of a version of which not even the date can be read, nothing is removed or replaced', async () => {
  await using box = await testFolder();
  const file = secretFile(box.folder, 'mqtt.password_file');
  await saveSecret(file, 'hunter2');
  await saveStored(box.folder, { mqtt: { password_file: file } });
  const version = join(box.folder, 'settings-versions', '000001.yaml');
  renameSync(version, `${version}.kept`);
  // A loop of links: whatever asks for it gets ELOOP.
  symlinkSync(version, version);
  await saveStored(box.folder, { drop: { title: 'Next' } });
  assert.ok(existsSync(file));
  assert.ok(readdirSync(join(box.folder, 'settings-versions')).includes('000002.yaml'));
});

test('of a version that cannot be read, or all of them, no secret is removed', async () => {
  await using box = await testFolder();
  const file = secretFile(box.folder, 'mqtt.password_file');
  await saveSecret(file, 'hunter2');
  await saveStored(box.folder, { mqtt: { password_file: file } });
  const versions = join(box.folder, 'settings-versions');
  const { heal } = fail(join(versions, '000001.yaml'));
  await saveStored(box.folder, { drop: { title: 'Next' } });
  assert.ok(existsSync(file));
  heal();
  renameSync(versions, `${versions}.kept`);
  // It answers ENOTDIR.
  writeFileSync(versions, '');
  await saveStored(box.folder, { drop: { title: 'Last' } }).catch(() => undefined);
  assert.ok(existsSync(file));
  assert.equal(readdirSync(`${versions}.kept`).sort(), ['000001.yaml', '000002.yaml']);
});

test('are not replaced by a file of the boot partition that sets less', async () => {
  await using box = await testFolder();
  await saveStored(box.folder, { drop: { title: 'Good' } });
  const { heal } = fail(join(box.folder, 'settings.yaml'));
  await takeSmallFile(box.folder);
  assert.match(readFileSync(join(box.folder, 'boot-outcome'), 'utf8'), /^bad\n/);
  heal();
  assert.is((await box.load()).config.drop.title, 'Good');
});

test('are lost, or of a newer program: a file of the boot partition is laid over those before', async () => {
  await using box = await testFolder();
  for (const lose of [
    () => saveStored(box.folder, { drop: { titel: 'x' } }),
    async () => rmSync(join(box.folder, 'settings.yaml')),
  ]) {
    await saveStored(box.folder, { drop: { title: 'Good' } });
    await lose();
    await takeSmallFile(box.folder);
    const { config, warning } = await box.load();
    assert.equal([config.drop.title, config.box.name, warning], ['Good', 'corner', undefined]);
  }
});

async function takeSmallFile(folder: string): Promise<void> {
  writeFileSync(join(folder, 'boot.yaml'), 'box: {name: corner}\noperator: {pin: "0123"}\n');
  rmSync(join(folder, 'boot-outcome'), { force: true });
  const text = { source: 'box.yaml', yaml: '', overrides: [] };
  const deps = { sealed: async () => 'sealed', chooseWifi: async () => undefined };
  await takeBootFile(folder, text, deps);
}

test.run();
