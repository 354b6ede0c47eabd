/** A drop over a clock that is set by days while it is on, and a box that dies then. */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SavedDrop, savedDropOf, startDrop } from '../../../daemon/drop/saved-drop.ts';
import { until } from '../../support/box.ts';
import { startMachine } from './support/box-with-drop.ts';

const test = suite('a drop over a clock that is set');

const DAY_MS = 86_400_000;
const HALF_HOUR_MS = 1_800_000;
const run = (bootId: string, sinceBootMs: number) => ({ bootId, sinceBootMs: () => sinceBootMs });

test('the program dies before anything is saved after the clock was set: the drop is resumed', async () => {
  for (const days of [3, -3]) {
    const folder = await mkdtemp(join(tmpdir(), 'venuebox-jump-'));
    let dropId: string | undefined;
    {
      await using box = await startMachine({ folder, boot: run('one', 1_000) });
      await box.run('go-live', { args: { force: true } });
      dropId = box.drop.state().dropId;
      await until(async () => (await readFile(box.stateFile, 'utf8')).includes('"live":{'), 60_000);
    }
    const aheadMs = () => days * DAY_MS;
    await using again = await startMachine({ folder, boot: run('one', 61_000), aheadMs });
    assert.is(again.drop.state().phase, 'live', `${days} days`);
    assert.is(again.drop.state().dropId, dropId);
    const onMs = again.clock.wallMs() + aheadMs() - again.drop.state().sinceMs;
    assert.ok(onMs >= 0 && onMs < HALF_HOUR_MS, `on for ${onMs} ms`);
  }
});

test('once the clock was set that is saved at once: a power cut finds it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-jump-'));
  let aheadMs = 0;
  const clock = () => aheadMs;
  {
    await using box = await startMachine({ folder, boot: run('one', 1_000), aheadMs: clock });
    await box.run('go-live', { args: { force: true } });
    await box.clock.advance(2_000);
    aheadMs = 3 * DAY_MS;
    await box.clock.advance(1_000);
    await box.idle();
    const saved = JSON.parse(await readFile(box.stateFile, 'utf8')) as SavedDrop;
    assert.ok(box.clock.wallMs() + aheadMs - saved.aliveMs < 60_000);
  }
  await using again = await startMachine({ folder, boot: run('two', 500), aheadMs: clock });
  assert.is(again.drop.state().phase, 'live');
});

test('at whatever moment the clock is set, a tenth of a second later that is saved', async () => {
  for (let phaseMs = 0; phaseMs < 500; phaseMs += 50) {
    const folder = await mkdtemp(join(tmpdir(), 'venuebox-jump-'));
    let aheadMs = 0;
    const clock = () => aheadMs;
    {
      await using box = await startMachine({ folder, boot: run('one', 1_000), aheadMs: clock });
      await box.run('go-live', { args: { force: true } });
      await box.clock.advance(2_000 + phaseMs);
      aheadMs = 3 * DAY_MS;
      await box.clock.advance(100);
      await box.idle();
      const saved = JSON.parse(await readFile(box.stateFile, 'utf8')) as SavedDrop;
      assert.ok(box.clock.wallMs() + aheadMs - saved.aliveMs < 1_000, `phase ${phaseMs} ms`);
    }
    await using again = await startMachine({ folder, boot: run('two', 500), aheadMs: clock });
    assert.is(again.drop.state().phase, 'live', `phase ${phaseMs} ms`);
  }
});

test('a clock that is set on air does not change for how long the drop is on, nor what is saved of it', async () => {
  for (const days of [3, -3]) {
    const folder = await mkdtemp(join(tmpdir(), 'venuebox-jump-'));
    let aheadMs = 0;
    await using box = await startMachine({ folder, aheadMs: () => aheadMs });
    await box.run('go-live', { args: { force: true } });
    const onMs = () => box.clock.wallMs() + aheadMs - box.drop.state().sinceMs;
    await box.clock.advance(60_000);
    const beforeMs = onMs();
    aheadMs = days * DAY_MS;
    await box.clock.advance(1_000);
    await box.idle();
    assert.is(onMs(), beforeMs + 1_000, `${days} days`);
    const saved = JSON.parse(await readFile(box.stateFile, 'utf8')) as SavedDrop;
    assert.is(saved.live?.sinceMs, box.drop.state().sinceMs);
  }
});

test('a resumed drop counts from its begin, whatever the clock is set to since', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-jump-'));
  let aheadMs = 0;
  const clock = () => aheadMs;
  {
    await using box = await startMachine({ folder, boot: run('one', 1_000), aheadMs: clock });
    await box.run('go-live', { args: { force: true } });
    await box.clock.advance(120_000);
    await box.idle();
  }
  await using again = await startMachine({ folder, boot: run('one', 121_000), aheadMs: clock });
  const onMs = () => again.clock.wallMs() + aheadMs - again.drop.state().sinceMs;
  const beforeMs = onMs();
  assert.ok(beforeMs >= 60_000, `on for ${beforeMs} ms`);
  aheadMs = DAY_MS;
  await again.clock.advance(1_000);
  assert.is(onMs(), beforeMs + 1_000);
});

test('a program that was off for too long in the same run of the machine resumes nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-jump-'));
  {
    await using box = await startMachine({ folder, boot: run('one', 1_000) });
    await box.run('go-live', { args: { force: true } });
    await until(async () => (await readFile(box.stateFile, 'utf8')).includes('"live":{'), 60_000);
  }
  // Its clock was set back meanwhile, and shows no time at all.
  const boot = run('one', 10 * 3_600_000);
  await using again = await startMachine({ folder, boot, aheadMs: () => -10 * 3_600_000 });
  assert.is(again.drop.state().phase, 'idle');
  assert.is(dirname(again.stateFile), folder);
});

test('within one run of the machine its clock decides nothing (random, from a seed)', () => {
  const ms = (max: number) => fc.integer({ min: 0, max });
  const jump = fc.integer({ min: -400 * DAY_MS, max: 400 * DAY_MS });
  fc.assert(
    fc.property(ms(2 * HALF_HOUR_MS), ms(5 * 3_600_000), jump, (offMs, onMs, jumpMs) => {
      const wallMs = Date.UTC(2026, 10, 1);
      const begin = { phase: 'live', dropId: 'a', sinceMs: wallMs, enteredMs: 0 } as const;
      const saved: SavedDrop = {
        ...savedDropOf({ ...begin, hasFrames: true }, wallMs + onMs),
        ...{ onMs, bootId: 'one', sinceBootMs: 5_000 + onMs },
      };
      const now = {
        wallMs: wallMs + onMs + offMs + jumpMs,
        monotonicMs: 0,
      };
      const boot = { bootId: 'one', sinceBootMs: 5_000 + onMs + offMs };
      const { drop } = startDrop(saved, 'idle', HALF_HOUR_MS, 'new', now, boot);
      assert.is(drop.phase, offMs <= HALF_HOUR_MS ? 'live' : 'idle');
      if (drop.phase === 'live') assert.is(drop.beforeMs, onMs + offMs);
    }),
    { seed: 20261129, numRuns: 500 },
  );
});

test.run();
