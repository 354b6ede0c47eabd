/** The drop’s state machine, step by step. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSavedDrop, savedDropOf, startDrop } from '../../../daemon/drop/saved-drop.ts';
import type { Drop } from '../../../daemon/drop/state.ts';
import { dropIdAt, nextDropId, stateOf } from '../../../daemon/drop/state.ts';
import { step } from '../../../daemon/drop/step.ts';
import { DropRun, START_MS } from './support/drop-run.ts';

const test = suite('the drop’s state machine');

test('a drop by button goes from idle over armed and live to idle', () => {
  const box = new DropRun();
  box.command('arm');
  assert.is(box.drop.phase, 'preflight');
  box.checksPass();
  assert.is(box.drop.phase, 'armed');
  box.command('go-live');
  assert.is(box.drop.phase, 'live');
  box.after(60_000).command('mark');
  box.command('end');
  assert.is(box.drop.phase, 'ending');
  box.send({ kind: 'ended' });
  assert.is(box.drop.phase, 'idle');
  assert.equal(box.kinds(), [
    'capture',
    'drop.armed',
    'begin-drop',
    'drop.live',
    'mark',
    'drop.marked',
    'end-drop',
    'drop.ended',
    'capture',
  ]);
  assert.equal(box.effects.at(-1), { kind: 'capture', isWanted: false });
});

test('going live from idle runs the checks first, unless it is forced', () => {
  const box = new DropRun();
  box.command('go-live');
  assert.is(box.drop.phase, 'preflight');
  box.checksPass();
  assert.is(box.drop.phase, 'live');
  const forced = new DropRun();
  forced.command('go-live', true);
  assert.is(forced.drop.phase, 'live');
  assert.is(forced.kinds()[0], 'capture');
});

test('checks that pass at once are watched for two seconds, and have fifteen to pass', () => {
  const box = new DropRun();
  box.command('arm');
  box.after(1_900).send({ kind: 'checks', failures: [] });
  assert.is(box.drop.phase, 'preflight');
  box.after(12_000).send({ kind: 'checks', failures: ['camera: no frames'] });
  assert.is(box.drop.phase, 'preflight');
  box.after(1_100).send({ kind: 'checks', failures: ['camera: no frames', 'disk: full'] });
  assert.is(box.drop.phase, 'fault');
  assert.is(stateOf(box.drop).reason, 'camera: no frames; disk: full');
  assert.equal(box.effects.find(({ kind }) => kind === 'capture') !== undefined, true);
});

test('checks that never run end in a fault', () => {
  const box = new DropRun().to('preflight');
  box.after(30_000).send({ kind: 'tick' });
  assert.is(box.drop.phase, 'fault');
});

test('a clock that is set meanwhile changes no time-out', () => {
  const box = new DropRun();
  box.command('arm');
  const year = { wallMs: START_MS + 365 * 86_400_000, monotonicMs: 100 };
  assert.is(step(box.drop, { kind: 'tick' }, year).drop.phase, 'preflight');
  assert.is(step(box.drop, { kind: 'checks', failures: ['x'] }, year).drop.phase, 'preflight');
});

test('a drop lasts as long as it did, also where the clock is set or it was resumed', () => {
  const lasted = (drop: Drop, monotonicMs: number) => {
    const now = { wallMs: START_MS - 3 * 86_400_000, monotonicMs };
    const event = { kind: 'command', verb: 'end' } as const;
    const ended = step(drop, event, now).effects.find(
      (effect) => effect.kind === 'event' && effect.event.type === 'drop.ended',
    );
    return ended?.kind === 'event' ? ended.event.data['lastedS'] : undefined;
  };
  const box = new DropRun().to('live');
  assert.is(lasted(box.drop, box.atMs + 61_000), 61);
  const saved = savedDropOf(box.drop, START_MS + 60_000);
  const now = { wallMs: box.drop.sinceMs + 120_000, monotonicMs: 7 };
  const again = startDrop(saved, 'idle', 1_800_000, 'new', now);
  assert.is(lasted(again.drop, 30_007), 150);
});

test('what fails for ten seconds while armed is a fault; a blip is not', () => {
  const box = new DropRun().to('armed');
  box.send({ kind: 'checks', failures: ['camera: no frames'] });
  box.after(9_000).send({ kind: 'checks', failures: [] });
  box.after(1_000).send({ kind: 'checks', failures: ['camera: no frames'] });
  assert.is(box.drop.phase, 'armed');
  box.after(10_000).send({ kind: 'checks', failures: ['camera: no frames'] });
  assert.is(box.drop.phase, 'fault');
});

test('a hold while the checks run leads on air', () => {
  const box = new DropRun().to('preflight');
  box.command('go-live');
  assert.is(box.drop.phase, 'preflight');
  box.checksPass();
  assert.is(box.drop.phase, 'live');
});

test('a preflight on its own ends in idle', () => {
  const box = new DropRun();
  box.command('preflight');
  box.checksPass();
  assert.is(box.drop.phase, 'idle');
  assert.equal(box.kinds(), ['capture', 'capture', 'preflight.passed']);
});

test('a disk that hangs delays the end for fifteen seconds, no longer', () => {
  const box = new DropRun().to('ending');
  box.after(14_900).send({ kind: 'tick' });
  assert.is(box.drop.phase, 'ending');
  box.after(200).send({ kind: 'tick' });
  assert.is(box.drop.phase, 'idle');
  assert.match(stateOf(box.drop).reason ?? '', 'recordings');
});

test('the first frame of a drop is reported once', () => {
  const box = new DropRun().to('live');
  for (const isFlowing of [false, true, false, true]) box.send({ kind: 'frames', isFlowing });
  assert.is(box.kinds().filter((kind) => kind === 'drop.first-frame').length, 1);
});

test('shutting down from live ends the drop first, then the machine', () => {
  const box = new DropRun().to('live');
  box.command('shut-down');
  assert.is(box.drop.phase, 'ending');
  assert.not(box.kinds().includes('power-off'));
  box.send({ kind: 'ended' });
  assert.is(box.kinds().at(-1), 'power-off');
});

test('the power ends a drop so that it is resumed later; a person ends it for good', () => {
  const box = new DropRun().to('live');
  const { dropId } = stateOf(box.drop);
  box.after(300_000).send({ kind: 'power', phase: 'shut-down' });
  assert.is(savedDropOf(box.drop, 0).live?.dropId, dropId);
  box.send({ kind: 'ended' });
  assert.is(box.kinds().at(-1), 'power-off');
  assert.is(savedDropOf(box.drop, 0).live?.dropId, dropId);
  box.send({ kind: 'power', phase: 'shut-down' });
  assert.is(savedDropOf(box.drop, 0).live?.dropId, dropId, 'reported twice');
  assert.is(savedDropOf(box.drop, 0).live?.sinceMs, START_MS, 'with the begin of the drop');

  const ended = new DropRun().to('live');
  ended.command('shut-down');
  assert.is(savedDropOf(ended.drop, 0).live, null);
});

test('two drops are never named alike: within a second, or by a clock that restarts', () => {
  const box = new DropRun().to('live');
  const first = box.drop.dropId;
  box.command('end');
  box.send({ kind: 'ended' });
  box.command('go-live', true);
  assert.is.not(box.drop.dropId, first);
  const at = (wallMs: number) => nextDropId(dropIdAt(START_MS), { wallMs });
  assert.is(at(START_MS - 3_600_000), dropIdAt(START_MS + 1_000));
  assert.is(at(START_MS + 999), dropIdAt(START_MS + 1_000));
  assert.is(at(START_MS + 60_000), dropIdAt(START_MS + 60_000));
  // A last one of another day was named by a wrong clock.
  assert.is(at(START_MS - 90_000_000), dropIdAt(START_MS - 90_000_000));
  assert.is(nextDropId(undefined, { wallMs: START_MS }), dropIdAt(START_MS));
  assert.is(nextDropId('evening', { wallMs: START_MS }), dropIdAt(START_MS));
});

test('a box that was not powered off after all does not go on air at its next start', () => {
  const box = new DropRun().to('live');
  box.send({ kind: 'power', phase: 'shut-down' });
  box.send({ kind: 'ended' });
  box.send({ kind: 'power', phase: 'normal' });
  assert.is(box.drop.phase, 'idle');
  assert.is(savedDropOf(box.drop, 0).live, null);
});

test('after a power failure while live the same drop is resumed, with its begin', () => {
  const box = new DropRun().to('live');
  const saved = savedDropOf(box.drop, START_MS + 60_000);
  const now = { wallMs: START_MS + 120_000, monotonicMs: 7 };
  const again = startDrop(saved, 'idle', 1_800_000, 'new', now);
  assert.is(again.drop.phase, 'live');
  assert.is(again.drop.dropId, dropIdAt(START_MS));
  assert.is(again.drop.sinceMs, START_MS);
  assert.equal(again.effects[1], {
    kind: 'begin-drop',
    dropId: dropIdAt(START_MS),
    isResumed: true,
  });
});

test('a drop of yesterday is not resumed; one of a clock without a battery is', () => {
  const saved = savedDropOf(new DropRun().to('live').drop, START_MS);
  const at = (wallMs: number) =>
    startDrop(saved, 'idle', 1_800_000, 'new', { wallMs, monotonicMs: 0 }).drop.phase;
  assert.is(at(START_MS + 86_400_000), 'idle');
  assert.is(at(START_MS + 1_800_000), 'live');
  assert.is(at(0), 'live');
});

test('with 0 no drop is resumed, whatever the clock says', () => {
  const saved = savedDropOf(new DropRun().to('live').drop, START_MS);
  for (const wallMs of [0, START_MS, START_MS + 1_000]) {
    const { drop } = startDrop(saved, 'idle', 0, 'new', { wallMs, monotonicMs: 0 });
    assert.is(drop.phase, 'idle');
  }
});

test('a demo starts live, whatever was saved', () => {
  const now = { wallMs: START_MS, monotonicMs: 0 };
  const { drop, effects } = startDrop(undefined, 'live', 0, 'demo', now);
  assert.is(drop.phase, 'live');
  assert.is(effects[0]?.kind, 'capture');
});

test('whatever is in the saved file, it is parsed or refused', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const read = parseSavedDrop(text);
      assert.ok(read.saved === undefined || read.saved.v === 1);
    }),
  );
  const saved = savedDropOf(new DropRun().to('live').drop, START_MS);
  assert.equal(parseSavedDrop(JSON.stringify(saved)).saved, saved);
});

/**
 * What each command does in each phase, as the README reports it: the next phase and
 * what is done, or the code of a refusal. Written without a look at the box's own table.
 */
test.run();
