/** The drop’s state machine: its times to the millisecond, and what its events say. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { savedDropOf } from '../../../daemon/drop/saved-drop.ts';
import { dropIdAt, nextDropId } from '../../../daemon/drop/state.ts';
import type { BoxEvent } from '../../../daemon/model/commands.ts';
import { DropRun, START_MS } from './support/drop-run.ts';

const test = suite('times and events of a drop');

/** A box that has been on for days: times count from the begin of a phase. */
const longOn = (): DropRun => new DropRun().after(3 * 86_400_000);

function eventOf(box: DropRun, type: BoxEvent['type']): BoxEvent['data'] | undefined {
  const found = box.effects.find((effect) => effect.kind === 'event' && effect.event.type === type);
  return found?.kind === 'event' ? found.event.data : undefined;
}

test('checks are watched for two seconds, whenever they begin', () => {
  const box = longOn();
  box.command('arm');
  box.after(1_999).send({ kind: 'checks', failures: [] });
  assert.is(box.drop.phase, 'preflight');
  box.after(1).send({ kind: 'checks', failures: [] });
  assert.is(box.drop.phase, 'armed');
});

test('checks may fail for less than fifteen seconds, and be away for less than thirty', () => {
  const failing = longOn();
  failing.command('arm');
  failing.after(14_999).send({ kind: 'checks', failures: ['camera: no frames'] });
  assert.is(failing.drop.phase, 'preflight');
  failing.after(1).send({ kind: 'checks', failures: ['camera: no frames'] });
  assert.is(failing.drop.phase, 'fault');
  const lost = longOn();
  lost.command('arm');
  lost.after(29_999).send({ kind: 'tick' });
  assert.is(lost.drop.phase, 'preflight');
  lost.after(1).send({ kind: 'tick' });
  assert.is(lost.drop.phase, 'fault');
});

test('the end takes less than fifteen seconds, whenever it begins', () => {
  const box = longOn().to('ending');
  box.after(14_999).send({ kind: 'tick' });
  assert.is(box.drop.phase, 'ending');
  box.after(1).send({ kind: 'tick' });
  assert.is(box.drop.phase, 'idle');
});

test('the end says how long the drop was, and whether the power ended it', () => {
  const byPerson = longOn().to('live');
  byPerson.after(61_000).command('end');
  assert.equal(eventOf(byPerson, 'drop.ended'), {
    dropId: byPerson.drop.dropId,
    lastedS: 61,
    isByPower: false,
  });
  const byPower = longOn().to('live');
  byPower.after(5_000).send({ kind: 'power', phase: 'shut-down' });
  assert.equal(eventOf(byPower, 'drop.ended'), {
    dropId: byPower.drop.dropId,
    lastedS: 5,
    isByPower: true,
  });
});

test('a drop that follows its checks is a new one, and its camera runs already', () => {
  const box = longOn();
  box.command('go-live');
  box.checksPass();
  assert.is(box.drop.phase, 'live');
  assert.equal(box.kinds(), ['capture', 'begin-drop', 'drop.live']);
  assert.is(eventOf(box, 'drop.live')?.['isResumed'], false);
  const begun = box.effects.find(({ kind }) => kind === 'begin-drop');
  assert.is(begun?.kind === 'begin-drop' && begun.isResumed, false);
});

test('power that is back while a drop ends does not keep it from going on at the next start', () => {
  const box = longOn().to('live');
  box.send({ kind: 'power', phase: 'shut-down' });
  box.send({ kind: 'power', phase: 'normal' });
  assert.is(box.drop.phase, 'ending');
  assert.is(savedDropOf(box.drop, 0).live?.dropId, box.drop.dropId);
  box.send({ kind: 'ended' });
  assert.is(box.kinds().at(-1), 'power-off');
  assert.is(savedDropOf(box.drop, 0).live?.dropId, box.drop.dropId);
  box.send({ kind: 'power', phase: 'normal' });
  assert.is(savedDropOf(box.drop, 0).live, null, 'it was not powered off');
});

test('what begins with a drop and fails is its reason; at other times it is none', () => {
  const box = longOn().to('live');
  box.send({ kind: 'begin-failed', reason: 'clips: disk full' });
  assert.equal([box.drop.phase, box.drop.reason], ['live', 'clips: disk full']);
  const idle = longOn();
  idle.send({ kind: 'begin-failed', reason: 'clips: disk full' });
  assert.is(idle.drop.reason, undefined);
});

test('a name that a clock of another day has given is not counted on', () => {
  const last = dropIdAt(START_MS);
  const DAY_MS = 86_400_000;
  assert.is(nextDropId(last, { wallMs: START_MS - DAY_MS }), dropIdAt(START_MS - DAY_MS));
  assert.is(nextDropId(last, { wallMs: START_MS - DAY_MS + 1_000 }), dropIdAt(START_MS + 1_000));
});

test('where the clock begins at one time at each start and the disk keeps nothing, no two drops share a name', () => {
  const names = new Set<string>();
  for (const run of ['0a1b', '77fe', 'c001']) {
    let last: string | undefined;
    for (let i = 0; i < 3; i += 1) {
      last = nextDropId(last, { wallMs: START_MS, run });
      names.add(last);
    }
  }
  assert.is(names.size, 9);
  const [first, second] = [...names];
  assert.is(first, `${dropIdAt(START_MS)}-0a1b`);
  assert.is(second, `${dropIdAt(START_MS + 1_000)}-0a1b`, 'counted on within a run');
  assert.is(
    nextDropId(second, { wallMs: START_MS }),
    dropIdAt(START_MS + 2_000),
    'and once the clock is right',
  );
});

test.run();
