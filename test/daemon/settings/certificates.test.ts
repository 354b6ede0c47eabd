/** Certificates of the settings at the start: none that no server takes keeps the box dark. */
import { existsSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readStored, tagOf } from '../../../daemon/settings/stored.ts';
import { readTrial } from '../../../daemon/settings/trial.ts';
import { makeLocalhostTls } from '../../support/localhost-tls.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { openTestSettings, type TestFolder, testFolder } from './support.ts';

const test = suite('certificates at the start');

const PEM = Object.values(makeLocalhostTls()).join('');

/** A box whose page and guests have a certificate of this file. */
async function certified(box: TestFolder, file = join(box.folder, 'certificate.pem')) {
  writeFileSync(file, PEM, { mode: 0o600 });
  const files = { cert_file: file, key_file: file };
  const { save } = openTestSettings(await box.load(), box.folder);
  await save({ 'operator.tls': files, 'viewers.tls': { port: 8443, ...files } });
  return { file, files };
}

test('the box’s own one that was damaged is put aside with a warning, and the box starts without', async () => {
  for (const torn of ['', 'torn', PEM.slice(0, -100), PEM.slice(100), '\0'.repeat(4096)]) {
    await using box = await testFolder();
    const { file } = await certified(box);
    assert.is((await box.load()).config.viewers.tls?.port, 8443, 'a good one is used');
    writeFileSync(file, torn);
    const { config, values, warning } = await box.load();
    assert.equal([config.operator.tls, config.viewers.tls, values], [undefined, undefined, {}]);
    assert.match(warning ?? '', 'The box goes without operator.tls and viewers.tls: ');
    assert.is(readFileSync(`${file}.bad`, 'latin1'), torn);
    assert.not(existsSync(file));
    assert.is((await box.load()).warning, undefined, 'settled');
  }
});

test('so is one that is gone, also where the box goes back to settings that still name it', async () => {
  await using box = await testFolder();
  const { file } = await certified(box);
  const { save } = openTestSettings(await box.load(), box.folder);
  await save({ 'operator.tls': null, 'viewers.tls': null, 'viewers.port': 81 });
  rmSync(file);
  await box.start();
  await box.start();
  const { config, warning } = await box.start();
  assert.equal(
    [config.viewers.port, config.viewers.tls, config.operator.tls],
    [...[8080, undefined, undefined]],
  );
  assert.match(warning ?? '', 'went back to those before');
  assert.match(warning ?? '', 'ENOENT');
});

test('what the crew changes after that is taken, and a new one too', async () => {
  await using box = await testFolder();
  const { file, files } = await certified(box);
  writeFileSync(file, 'torn');
  const { save, live } = openTestSettings(await box.load(), box.folder);
  assert.is((await save({ 'drop.title': 'Next' })).status, 'saved');
  assert.is(live.current().operator.tls, undefined);
  writeFileSync(file, PEM);
  await save({ 'operator.tls': files });
  assert.match(live.fault() ?? '', 'viewers.tls');
  await save({ 'viewers.tls': { port: 8443, ...files } });
  assert.is(live.fault(), undefined, 'its alert ends with its reason');
  const { config, warning } = await box.load();
  assert.equal([config.operator.tls, config.drop.title, warning], [files, 'Next', undefined]);
});

test('settings that the box runs with are confirmed also while one is missed', async () => {
  await using box = await testFolder();
  const { file } = await certified(box);
  writeFileSync(file, 'torn');
  const clock = new VirtualClock();
  const { save, settings, live } = openTestSettings(await box.load(), box.folder, { clock });
  await save({ 'orders.webhook.host': '127.0.0.2' });
  assert.is(readTrial(box.folder).phase, 'new');
  const stop = new AbortController();
  const running = settings.run(stop.signal);
  const isOver = () => readTrial(box.folder).phase === 'none';
  for (let i = 0; i < 600 && !isOver(); i += 1) {
    await clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal([isOver(), live.fault() === undefined], [true, false]);
  stop.abort();
  await running;
});

test('one that the crew takes away after that is missed no longer, whoever has it', async () => {
  for (const name of ['certificate.pem', 'fullchain.pem']) {
    await using box = await testFolder();
    const { file } = await certified(box, join(box.folder, name));
    writeFileSync(file, 'torn');
    const { save, live } = openTestSettings(await box.load(), box.folder);
    await save({ 'operator.tls': null });
    await save({ 'drop.title': 'Next' });
    assert.match(live.warning() ?? '', 'viewers.tls', 'the other one is still missed');
    await save({ 'viewers.tls': null });
    assert.equal([live.warning(), live.fault()], [undefined, undefined], name);
  }
});

test('files of others, or that cannot be read now, are used again at the next start', async () => {
  await using box = await testFolder();
  const other = join(box.folder, 'fullchain.pem');
  await certified(box, other);
  writeFileSync(other, 'torn');
  assert.is((await box.load()).config.operator.tls, undefined);
  assert.is(readFileSync(other, 'latin1'), 'torn');
  writeFileSync(other, PEM);
  assert.is((await box.load()).config.operator.tls?.key_file, other);
  const { file } = await certified(box);
  renameSync(file, other);
  // Linux has EIO for address 0 of a process.
  symlinkSync('/proc/self/mem', file);
  assert.is((await box.load()).config.operator.tls, undefined);
  renameSync(other, file);
  assert.is((await box.load()).config.operator.tls?.key_file, file);
});

test('files of others that come back are used again, whatever the crew has changed meanwhile', async () => {
  await using box = await testFolder();
  const other = join(box.folder, 'fullchain.pem');
  const { files } = await certified(box, other);
  writeFileSync(other, 'torn');
  const { save, settings } = openTestSettings(await box.load(), box.folder);
  await save({ 'drop.title': 'Next' });
  await save({ 'viewers.tls': null });
  const onDisk = readStored(join(box.folder, 'settings.yaml')) ?? {};
  await save({ 'viewers.port': 9000 });
  const versions = (await settings.view()).versions.map(({ id }) => id);
  assert.equal(versions, [3, 2, 1], 'the present one is none to go back to');
  writeFileSync(other, PEM);
  // The settings that the box ran with were on the disk, with all that they name.
  assert.is(readTrial(box.folder).good, tagOf(onDisk));
  const { config, warning } = await box.load();
  assert.equal(
    [config.operator.tls, config.viewers.tls, config.drop.title, config.viewers.port, warning],
    [files, undefined, 'Next', 9000, undefined],
  );
});

test('what does not go with one that is left out is refused: it would be at the next start', async () => {
  await using box = await testFolder();
  const other = join(box.folder, 'fullchain.pem');
  await certified(box, other);
  writeFileSync(other, 'torn');
  const { save } = openTestSettings(await box.load(), box.folder);
  assert.is((await save({ 'viewers.port': 8443 })).status, 'wrong');
});

test('one that the config file names may end the start: it is left as it is', async () => {
  await using box = await testFolder();
  const { file, files } = await certified(box);
  writeFileSync(file, 'torn');
  const tls = `tls: {cert_file: ${file}, key_file: ${file}}`;
  const { config } = await box.load(`operator: {${tls}}\nviewers: {${tls}}\n`);
  assert.equal(config.operator.tls, files);
  assert.is(readFileSync(file, 'latin1'), 'torn');
});

test.run();
