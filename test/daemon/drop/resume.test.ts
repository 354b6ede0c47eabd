/** A drop that is resumed after a power failure. */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { until } from '../../support/box.ts';
import { figures, WELL } from '../../support/snapshot.ts';
import { startMachine } from './support/box-with-drop.ts';

const test = suite('a resumed drop');

test('only the drop that the box was started for is its first', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-drop-'));
  {
    await using box = await startMachine({ folder, start: 'live' });
    assert.ok(box.drop.isFirst());
    await until(async () => (await readFile(box.stateFile, 'utf8')).includes('"live":{'), 10_000);
  }
  await using again = await startMachine({ folder, start: 'live' });
  assert.is(again.drop.state().phase, 'live');
  assert.not.ok(again.drop.isFirst(), 'it is resumed');
  await using idle = await startMachine();
  await idle.run('go-live', { args: { force: true } });
  assert.not.ok(idle.drop.isFirst());
});

test('what was live when the power failed is resumed when the box is back', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-drop-'));
  let dropId: string | undefined;
  {
    await using box = await startMachine({ folder });
    await box.run('go-live', { args: { force: true } });
    dropId = box.drop.state().dropId;
    await until(async () => (await readFile(box.stateFile, 'utf8')).includes('"live":{'), 10_000);
    // The power fails: nothing is closed.
  }
  {
    await using again = await startMachine({ folder });
    await again.clock.advance(500);
    assert.is(again.drop.state().phase, 'live');
    assert.equal(again.did, ['capture', `resume ${dropId}`]);
    await again.run('end');
    await until(
      async () => (await readFile(again.stateFile, 'utf8')).includes('"live":null'),
      10_000,
    );
  }
  await using last = await startMachine({ folder });
  assert.is(last.drop.state().phase, 'idle');
  assert.is(last.drop.state().dropId, dropId);
});

const AWAY_MS = 10 * 3_600_000;
const watchedBy = (viewers: number): Partial<BoxSnapshot> => ({
  media: figures({ viewers: { ...figures().viewers, viewers } }),
});
const clockIs = (phase: 'free' | 'synchronised'): Partial<BoxSnapshot> => ({
  ...watchedBy(0),
  system: { ...WELL.system, clock: { phase, maxErrorMs: 1 } } as BoxSnapshot['system'],
});

/** A box that goes live, and one ten hours later on a machine whose clock stood still meanwhile. */
async function resumeNextMorning(before: 'free' | 'synchronised') {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-drop-'));
  {
    await using box = await startMachine({ folder, first: clockIs(before) });
    await box.run('go-live', { args: { force: true } });
    await until(async () => (await readFile(box.stateFile, 'utf8')).includes('"live":{'), 10_000);
  }
  let aheadMs = 0;
  const box = await startMachine({ folder, first: clockIs('free'), aheadMs: () => aheadMs });
  await box.clock.advance(5_000);
  assert.is(box.drop.state().phase, 'live', 'it is not known yet how late it is');
  return {
    box,
    setClock: async (more: Partial<BoxSnapshot> = {}) => {
      aheadMs = AWAY_MS;
      box.set({ ...clockIs('synchronised'), ...more });
      await box.clock.advance(5_000);
    },
  };
}

test('a drop resumed by a stopped clock ends when the clock is set', async () => {
  const { box, setClock } = await resumeNextMorning('synchronised');
  await using _box = box;
  await setClock();
  assert.is(box.drop.state().phase, 'idle');
  const reported = box.events.find(({ type }) => type === 'drop.resumed-too-late');
  assert.is(reported?.severity, 'warning');
});

test('one that a person commands, or that has viewers, is not ended', async () => {
  const worked = await resumeNextMorning('synchronised');
  await using _worked = worked.box;
  await worked.box.run('mark');
  await worked.setClock();
  assert.is(worked.box.drop.state().phase, 'live');

  const watched = await resumeNextMorning('synchronised');
  await using _watched = watched.box;
  await watched.setClock(watchedBy(3));
  assert.is(watched.box.drop.state().phase, 'live');
});

test('a second power failure before the clock is set does not make it a recent one', async () => {
  const first = await resumeNextMorning('synchronised');
  await first.box.clock.advance(120_000);
  await first.box[Symbol.asyncDispose]();
  const folder = dirname(first.box.stateFile);
  let aheadMs = 0;
  await using again = await startMachine({
    folder,
    first: clockIs('free'),
    aheadMs: () => aheadMs,
  });
  await again.clock.advance(120_000);
  assert.is(again.drop.state().phase, 'live');
  aheadMs = AWAY_MS;
  again.set(clockIs('synchronised'));
  await again.clock.advance(5_000);
  assert.is(again.drop.state().phase, 'idle');
});

test('a second power failure right after the first one counts by itself, where the clock is set', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-drop-'));
  const first = clockIs('synchronised');
  const MINUTE_MS = 60_000;
  const startAfter = (minutes: number) =>
    startMachine({ folder, first, aheadMs: () => minutes * MINUTE_MS });
  {
    await using box = await startAfter(0);
    await box.run('go-live', { args: { force: true } });
    await until(async () => (await readFile(box.stateFile, 'utf8')).includes('"live":{'), 10_000);
  }
  const aliveMs = async (file: string) =>
    (JSON.parse(await readFile(file, 'utf8')) as { aliveMs: number }).aliveMs;
  {
    await using again = await startAfter(25);
    const beforeMs = await aliveMs(again.stateFile);
    await again.clock.advance(1_500);
    assert.is(again.drop.state().phase, 'live');
    const isSaved = async () => (await aliveMs(again.stateFile)) - beforeMs > 20 * MINUTE_MS;
    await until(isSaved, 60_000);
  }
  await using last = await startAfter(50);
  await last.clock.advance(1_500);
  assert.is(last.drop.state().phase, 'live');
});

test('one that was interrupted before the clock was set goes on: it is not known when that was', async () => {
  const { box, setClock } = await resumeNextMorning('free');
  await using _box = box;
  await setClock();
  assert.is(box.drop.state().phase, 'live');
});

test('a drop that a person began meanwhile is not ended for the one before', async () => {
  const { box, setClock } = await resumeNextMorning('synchronised');
  await using _box = box;
  await box.run('end');
  await box.run('go-live', { args: { force: true } });
  await setClock();
  assert.is(box.drop.state().phase, 'live');
});

test('a saved file of garbage is a new box', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-drop-'));
  await writeFile(join(folder, 'drop.json'), '{"v":1,"live":{"dropId":');
  await using box = await startMachine({ folder });
  assert.is(box.drop.state().phase, 'idle');
});

test.run();
