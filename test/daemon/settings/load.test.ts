/** Settings at the start: damaged ones, and those that the box does not start with. */
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../../daemon/config/file.ts';
import { loadSettings } from '../../../daemon/settings/load.ts';
import { saveStored, tagOf } from '../../../daemon/settings/stored.ts';
import { saveTrial, TRIAL_MS } from '../../../daemon/settings/trial.ts';
import { STARTS_MAX } from '../../../daemon/update/versions.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { openTestSettings, testFolder } from './support.ts';

const test = suite('settings at the start');

/** The next write of a version. */
function failOnce(versions: string): void {
  const next = String(readdirSync(versions).length + 1).padStart(6, '0');
  symlinkSync('/dev/full', join(versions, `${next}.yaml.new`));
}

test('a file that is damaged in any way is put aside with a warning, and the version before holds', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  await save({ 'drop.title': 'Good' });
  const file = join(box.folder, 'settings.yaml');
  const good = readFileSync(file);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
      writeFileSync(file, bytes);
      const { config } = await box.load();
      // Bytes may by chance be settings: then those hold.
      assert.ok(['Good', 'Live'].includes(config.drop.title));
    }),
    { seed: 18, numRuns: 25 },
  );
  for (const text of ['drop: [', '- a\n', '\0\0\0']) {
    writeFileSync(file, text);
    const { config, warning } = await box.load();
    assert.is(config.drop.title, 'Good', text);
    assert.match(warning ?? '', 'went back to those before');
    assert.is(readFileSync(`${file}.bad`, 'utf8'), text);
    assert.ok(readFileSync(file).equals(good));
  }
});

test('a file that is gone is no box without settings: the version before holds, with a warning', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  await save({ 'drop.title': 'Good' });
  rmSync(join(box.folder, 'settings.yaml'));
  const { config, warning } = await box.load();
  assert.is(config.drop.title, 'Good');
  assert.match(warning ?? '', 'went back to those before');
  assert.is((await box.load()).warning, undefined);
});

test('settings of a newer program stay while an older one goes by those before', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  await save({ 'drop.title': 'Good' });
  for (const values of [{ drop: { titel: 'x' } }, { camera: { fps: 9999 } }]) {
    await saveStored(box.folder, values);
    const file = join(box.folder, 'settings.yaml');
    const text = readFileSync(file, 'utf8');
    const loaded = await box.load();
    assert.is(loaded.config.drop.title, 'Good');
    assert.match(loaded.warning ?? '', 'went back to those before');
    assert.is(readFileSync(file, 'utf8'), text);
    const { versions } = await openTestSettings(loaded, box.folder).settings.view();
    const newest = readdirSync(join(box.folder, 'settings-versions')).length;
    assert.is(versions[0]?.id, newest, 'they can be gone back to');
  }
});

test('a program on trial changes no settings, and counts no start of theirs', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  await save({ 'drop.title': 'Good' });
  await box.load();
  await save({ 'viewers.port': 81 });
  const text = { source: 'box.yaml', yaml: '', overrides: [] };
  const kept = () =>
    ['settings.yaml', 'settings-trial'].map((name) => readFileSync(join(box.folder, name), 'utf8'));
  const before = kept();
  for (let i = 0; i < STARTS_MAX; i += 1) {
    const { config, isOnTrial } = await loadSettings(box.folder, text, true);
    assert.equal([config.viewers.port, isOnTrial], [81, false]);
  }
  assert.equal(kept(), before);
  // One that it cannot read at all.
  writeFileSync(join(box.folder, 'settings.yaml'), 'drop: [');
  const damaged = kept();
  assert.match(
    (await loadSettings(box.folder, text, true)).warnings[0]?.text ?? '',
    'cannot be used',
  );
  assert.equal(kept(), damaged);
  assert.not(existsSync(join(box.folder, 'settings.yaml.bad')));
});

test('a disk that takes nothing as the box goes back loses nothing: the next start goes back', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  await save({ 'drop.title': 'Good' });
  await box.load();
  await save({ 'viewers.port': 81 });
  await box.start();
  await box.start();
  const file = join(box.folder, 'settings.yaml');
  const text = readFileSync(file, 'utf8');
  failOnce(join(box.folder, 'settings-versions'));
  const third = await box.start();
  assert.equal([third.config.viewers.port, third.config.drop.title], [8080, 'Good']);
  assert.is(readFileSync(file, 'utf8'), text);
  assert.is((await box.start()).config.viewers.port, 8080);
  assert.is.not(readFileSync(file, 'utf8'), text);
});

test('a power cut after the box has gone back does not take it back further', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  await save({ 'drop.title': 'Older' });
  await save({ 'drop.title': 'Good' });
  const good = await box.load();
  await save({ 'viewers.port': 81 });
  const trial = { phase: 'again', good: tagOf(good.values) } as const;
  await saveStored(box.folder, good.values);
  await saveTrial(box.folder, trial);
  const { config, warning } = await box.start();
  assert.equal([config.drop.title, warning], ['Good', undefined]);
});

test('settings that no longer fit a config file that was changed never keep the box dark', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  await save({ 'operator.port': 9000 });
  const { config, warning } = await box.load('viewers: {port: 9000}\n');
  assert.is(config.viewers.port, 9000);
  assert.match(warning ?? '', 'goes without them');
});

test('a config file that is wrong by itself is reported, and the settings stay', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  await save({ 'drop.title': 'Good' });
  await box.load('camera: {fps: 1}\n').then(
    () => assert.unreachable(),
    (error: unknown) => assert.instance(error, ConfigError),
  );
  assert.is((await box.load()).config.drop.title, 'Good');
});

test('a box that twice does not start with new settings goes back to those before', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  await save({ 'drop.title': 'Good' });
  await box.load();
  await save({ 'viewers.port': 81 });
  const first = await box.start();
  assert.is(first.config.viewers.port, 81);
  assert.is(first.isOnTrial, true);
  // It ended before its trial did: that may have been a power cut.
  const second = await box.start();
  assert.equal([second.config.viewers.port, second.warning], [81, undefined]);
  assert.is(second.isOnTrial, true);
  const third = await box.start();
  assert.is(third.config.viewers.port, 8080);
  assert.is(third.config.drop.title, 'Good');
  assert.match(third.warning ?? '', 'did not start');
  assert.is((await box.start()).warning, undefined);
});

test('it goes back to settings that it has run with, past others that were saved meanwhile', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  await save({ 'drop.title': 'Good' });
  const later = openTestSettings(await box.load(), box.folder);
  // Nothing restarts this box between them: the second one has the fault of the first.
  await later.save({ 'viewers.port': 81 });
  await later.save({ 'camera.fps': 25 });
  await box.start();
  await box.start();
  const { config, warning } = await box.start();
  assert.equal([config.viewers.port, config.camera.fps, config.drop.title], [8080, 30, 'Good']);
  assert.match(warning ?? '', 'went back to those before');
  assert.is((await box.start()).isOnTrial, false);
});

test('the first settings of a box that do not start leave it as its config file says', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  await save({ 'viewers.port': 81 });
  await save({ 'camera.fps': 25 });
  await box.start();
  await box.start();
  const { config, warning } = await box.start();
  assert.equal([config.viewers.port, config.camera.fps], [8080, 30]);
  assert.match(warning ?? '', 'goes without them');
});

test('the warning ends with the next settings that are saved: these are confirmed as others are', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  await save({ 'drop.title': 'Good' });
  writeFileSync(join(box.folder, 'settings.yaml'), 'drop: [');
  const next = openTestSettings(await box.load(), box.folder);
  assert.match(next.live.warning() ?? '', 'went back to those before');
  await next.save({ 'drop.title': 'Better' });
  assert.equal([next.live.warning(), next.live.fault()], [undefined, undefined]);
  assert.is((await next.settings.view()).warning, undefined);
});

test('settings that were applied to the running box are not on trial', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  await save({ 'mqtt.username': 'cafe', 'power.planned_minutes': 90 });
  assert.is((await box.start()).isOnTrial, false);
});

test('settings that could not be stored leave no trial behind', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  // In the place of the folder of versions.
  writeFileSync(join(box.folder, 'settings-versions'), '');
  assert.is((await save({ 'viewers.port': 81 })).status, 'failed');
  assert.is((await box.start()).isOnTrial, false);
});

test('the end of a trial does not end that of settings saved meanwhile', async () => {
  await using box = await testFolder();
  const before = openTestSettings(await box.load(), box.folder);
  await before.save({ 'viewers.port': 81 });
  const clock = new VirtualClock();
  const { save, settings } = openTestSettings(await box.start(), box.folder, { clock });
  // In force at the next start of the box.
  await save({ 'box.name': 'corner-2' });
  const stop = new AbortController();
  const running = settings.run(stop.signal);
  await clock.advance(TRIAL_MS);
  stop.abort();
  await running;
  assert.is((await box.start()).isOnTrial, true);
});

test('a power cut between any two writes leaves the settings before, or the new ones', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  await save({ 'drop.title': 'One' });
  await save({ 'drop.title': 'Two' });
  const versions = join(box.folder, 'settings-versions');
  assert.is(readdirSync(versions).length, 2);
  // The version is written first: without the file's rename the one before holds.
  writeFileSync(join(versions, '000003.yaml'), 'drop: {ti');
  writeFileSync(join(box.folder, 'settings.yaml.new'), 'drop: {title: Thr');
  assert.is((await box.load()).config.drop.title, 'Two');
});

test.run();
