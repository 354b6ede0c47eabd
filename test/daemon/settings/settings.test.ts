/** Settings of the operator's page: checked, saved, put in force, taken back. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DropPhase } from '../../../daemon/model/snapshot.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { openTestSettings, testFolder } from './support.ts';

const test = suite('settings');

test('a setting that is saved holds at the next start, below the config file', async () => {
  await using box = await testFolder();
  const { save } = openTestSettings(await box.load(), box.folder);
  assert.is((await save({ 'drop.title': 'Tonight', 'camera.fps': 25 })).status, 'saved');
  const { config } = await box.load('camera: {width: 640}\n');
  assert.is(config.drop.title, 'Tonight');
  assert.is(config.camera.fps, 25);
  assert.is(config.camera.width, 640);
  assert.is((await box.load('camera: {fps: 50}\n')).config.camera.fps, 50);
});

test('a key that the config file or the command line sets is locked, and its value that of the file', async () => {
  await using box = await testFolder();
  const loaded = await box.load('drop: {title: Written}\n', ['viewers.port=9000']);
  const { save, shownOf } = openTestSettings(loaded, box.folder);
  assert.is((await shownOf('drop.title'))?.isLocked, true);
  assert.is((await shownOf('viewers.port'))?.isLocked, true);
  assert.is((await shownOf('drop.reactions'))?.isLocked, false);
  const outcome = await save({ 'drop.title': 'Page' });
  assert.is(outcome.status, 'wrong');
  assert.match(JSON.stringify(outcome), 'config file');
});

test('a wrong value is refused with its reason by the rules of the file, and nothing is saved', async () => {
  await using box = await testFolder();
  const { save, shownOf } = openTestSettings(await box.load(), box.folder);
  const wrong = async (changes: Readonly<Record<string, unknown>>) => {
    const outcome = await save(changes);
    return outcome.status === 'wrong' ? outcome.faults : [];
  };
  assert.equal(await wrong({ 'camera.fps': 1000 }), [
    { path: 'camera.fps', reason: 'must be a whole number from 5 to 60' },
  ]);
  const port = await wrong({ 'operator.port': 8080 });
  assert.is(port[0]?.path, 'operator.port');
  assert.match(port[0]?.reason ?? '', 'already used by viewers.port');
  const link = await wrong({
    uplink: { host: 'relay.example.org', port: 5000, links: [{ id: 'X' }] },
  });
  assert.ok(
    link.some(({ path }) => path === 'uplink.links.0.id'),
    JSON.stringify(link),
  );
  assert.is((await wrong({ 'no.such': 1 }))[0]?.path, 'no.such');
  assert.is((await wrong({ 'camera.launch': 'fakesrc' }))[0]?.path, 'camera.launch');
  const file = await wrong({ 'mqtt.tls.ca_file': '/nowhere/ca.crt' });
  assert.match(file[0]?.reason ?? '', 'is not there');
  assert.is((await shownOf('camera.fps'))?.value, 30);
});

test('of two people who change settings at once the second one is told, and nothing is lost', async () => {
  await using box = await testFolder();
  const { settings, shownOf } = openTestSettings(await box.load(), box.folder);
  const { tag } = await settings.view();
  const [first, second] = await Promise.all([
    settings.save({ changes: { 'drop.title': 'One' } }, tag, false),
    settings.save({ changes: { 'drop.title': 'Two' } }, tag, false),
  ]);
  assert.equal([first.status, second.status], ['saved', 'conflict']);
  assert.is((await shownOf('drop.title'))?.value, 'One');
});

test('a try says what would change and what it needs, and saves nothing', async () => {
  await using box = await testFolder();
  const { settings, live } = openTestSettings(await box.load(), box.folder);
  const { tag } = await settings.view();
  const changes = { 'log.level': 'warn', 'power.planned_minutes': 90, 'mqtt.username': 'cafe' };
  const outcome = await settings.save({ changes }, tag, true);
  assert.equal(outcome, {
    status: 'planned',
    differences: [
      { path: 'log.level', before: 'info', after: 'warn', need: 'restart' },
      { path: 'power.planned_minutes', before: 0, after: 90, need: 'nothing' },
      { path: 'mqtt.username', before: '', after: 'cafe', need: 'mqtt' },
    ],
    waiting: [],
  });
  assert.is((await settings.view()).tag, tag);
  assert.is(live.current().power.planned_minutes, 0);
});

test('what needs no restart is in force at once, the rest after the next start', async () => {
  await using box = await testFolder();
  const { save, live, settings } = openTestSettings(await box.load(), box.folder);
  await save({ 'power.planned_minutes': 90, 'log.level': 'warn' });
  assert.is(live.current().power.planned_minutes, 90);
  assert.is(live.current().log.level, 'info');
  assert.equal((await settings.view()).pending, { restart: ['log.level'], drop: [] });
});

test('what interrupts the picture waits from the checks to the end of a drop, and the rest does not', async () => {
  for (const phase of ['preflight', 'armed', 'live', 'ending'] as const) {
    await using box = await testFolder();
    const { save, settings, live } = openTestSettings(await box.load(), box.folder, {
      phase: () => phase,
    });
    const changes = { 'log.level': 'warn', 'clips.keep': 50, 'power.planned_minutes': 90 };
    const { tag } = await settings.view();
    const plan = await settings.save({ changes }, tag, true);
    assert.equal('waiting' in plan && plan.waiting, ['log.level', 'clips.keep']);
    assert.is((await save(changes)).status, 'saved');
    const { log, clips, power } = live.current();
    assert.equal([log.level, clips.keep, power.planned_minutes], ['info', 300, 90]);
    const { pending } = await settings.view();
    assert.equal(pending, { restart: ['log.level'], drop: ['clips.keep'] });
  }
});

test('a box that somebody starts again restarts for what needs it, and only then', async () => {
  await using box = await testFolder();
  const restarted = new Promise<void>((resolve) => {
    void (async () => {
      const options = { onRestart: resolve };
      const { save } = openTestSettings(await box.load(), box.folder, options);
      assert.is((await save({ 'power.planned_minutes': 60 })).status, 'saved');
      assert.is((await save({ 'log.level': 'warn' })).status, 'restarting');
    })();
  });
  await restarted;
});

test('a drop that is armed while settings are saved is not interrupted', async () => {
  await using box = await testFolder();
  let now: DropPhase = 'idle';
  let restarts = 0;
  const clock = new VirtualClock();
  const onRestart = () => {
    restarts += 1;
  };
  const options = { phase: () => now, onRestart, clock };
  const { save, settings } = openTestSettings(await box.load(), box.folder, options);
  assert.is((await save({ 'log.level': 'warn' })).status, 'restarting');
  now = 'armed';
  await clock.advance(60_000);
  assert.is(restarts, 0);
  assert.equal((await settings.view()).pending, { restart: [], drop: ['log.level'] });
  // Neither by what is saved next, and needs no restart.
  assert.is((await save({ 'power.planned_minutes': 60 })).status, 'saved');
  await clock.advance(60_000);
  assert.is(restarts, 0);
  now = 'idle';
  assert.is((await save({ 'power.planned_minutes': 90 })).status, 'restarting');
  await clock.advance(60_000);
  assert.is(restarts, 1);
});

test('the box is not restarted while viewers play the end of a drop', async () => {
  await using box = await testFolder();
  let restarts = 0;
  let isEndServed = true;
  const clock = new VirtualClock();
  const onRestart = () => {
    restarts += 1;
  };
  const options = { isEndServed: () => isEndServed, onRestart, clock };
  const { save, settings } = openTestSettings(await box.load(), box.folder, options);
  const running = new AbortController();
  const ran = settings.run(running.signal);
  assert.is((await save({ 'log.level': 'warn' })).status, 'saved');
  await clock.advance(80_000);
  assert.is(restarts, 0);
  isEndServed = false;
  for (let i = 0; i < 5; i += 1) await clock.advance(1_000);
  assert.is(restarts, 1);
  running.abort();
  await ran;
});

test('the last ten versions can be gone back to', async () => {
  await using box = await testFolder();
  const { save, settings, shownOf } = openTestSettings(await box.load(), box.folder);
  for (let n = 0; n < 13; n += 1) await save({ 'drop.title': `Title ${n}` });
  const { versions, tag } = await settings.view();
  assert.is(versions.length, 10);
  const oldest = versions.at(-1)?.id ?? 0;
  assert.is((await settings.save({ version: oldest }, tag, false)).status, 'saved');
  assert.is((await shownOf('drop.title'))?.value, 'Title 2');
  const gone = await settings.save({ version: 1 }, (await settings.view()).tag, false);
  assert.is(gone.status, 'wrong');
});

test('a setting that goes back to its default leaves the file', async () => {
  await using box = await testFolder();
  const { save, shownOf } = openTestSettings(await box.load(), box.folder);
  await save({ 'drop.title': 'Tonight' });
  assert.equal((await shownOf('drop.title'))?.isSet, true);
  await save({ 'drop.title': null });
  assert.equal((await shownOf('drop.title'))?.isSet, false);
  assert.is((await box.load()).config.drop.title, 'Live');
});

test.run();
