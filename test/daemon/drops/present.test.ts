/** Which of the coming drops is shown. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  choosePlanned,
  type DropMemory,
  holdAgain,
  isNext,
  isNextNearer,
  NO_MEMORY,
  noteEnded,
  noteFirstFrame,
  noteLive,
  phaseOf,
} from '../../../daemon/drops/present.ts';

const test = suite('the drop that is shown');

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 11, 4, 18);
const at = (hours: number) => new Date(NOW_MS + hours * HOUR_MS).toISOString();
const planned = (id: string, hours?: number, end?: number) => ({
  ...{ id, title: `Title of ${id}` },
  ...(hours === undefined ? {} : { starts_at: at(hours) }),
  ...(end === undefined ? {} : { ends_at: at(end) }),
});
const SHOWN = { id: '', title: 'Shown', starts_at: at(2) };
const LIST = [planned('open'), planned('sunday', 41), planned('friday', 2, 4)];
const shown = (memory: DropMemory, hours = 0) =>
  choosePlanned(LIST, memory, NOW_MS + hours * HOUR_MS)?.id;
const hold = (memory: DropMemory, id: string, hours: number) => {
  const drop = LIST.find((one) => one.id === id);
  return noteEnded(
    noteFirstFrame(noteLive(memory, drop, 'run'), 'run'),
    NOW_MS + hours * HOUR_MS,
    SHOWN,
  );
};

test('it is the next one by its start; one without a start comes last', () => {
  assert.is(shown(NO_MEMORY), 'friday');
  const friday = hold(NO_MEMORY, 'friday', 4);
  assert.is(shown(friday, 4), 'sunday');
  const both = hold(friday, 'sunday', 43);
  assert.is(shown(both, 43), 'open');
  assert.is(shown(hold(both, 'open', 50), 50), undefined);
});

test('one that is late is shown until two hours after its planned end, or for twelve hours', () => {
  assert.is(shown(NO_MEMORY, 5.9), 'friday');
  assert.is(shown(NO_MEMORY, 6.1), 'sunday');
  assert.is(
    phaseOf(planned('friday', 2, 4), {
      ...{ list: LIST, memory: NO_MEMORY, shown: 'sunday', nowMs: NOW_MS + 7 * HOUR_MS },
    }),
    'missed',
  );
  assert.is(shown(NO_MEMORY, 52.9), 'sunday');
  assert.is(shown(NO_MEMORY, 53.1), 'open');
});

test('a late one can begin until the start of the next is nearer than its planned end, or soon', () => {
  const [long, short] = [planned('long', 0, 5), planned('short', 9, 9.5)];
  const chosen = (list: readonly ReturnType<typeof planned>[], hours: number) =>
    choosePlanned(list, NO_MEMORY, NOW_MS + hours * HOUR_MS)?.id;
  assert.equal(
    [6.9, 7.1].map((at) => chosen([short, long], at)),
    ['long', 'short'],
  );
  const [first, soon] = [planned('first', 0, 1.5), planned('soon', 2, 3)];
  assert.equal(
    [1.4, 1.6].map((at) => chosen([first, soon], at)),
    ['first', 'soon'],
    'within the hour before it',
  );
  assert.equal(
    [9.9, 10.1].map((at) => chosen([long], at)),
    ['long', undefined],
    'once more its length',
  );
  const beside = planned('beside', 1, 2);
  assert.equal(
    [4.9, 5.1].map((at) => chosen([long, beside], at)),
    ['long', undefined],
  );
});

test('one that was called off does not come back once a later one was held', () => {
  const list = [planned('off', 0, 1.5), planned('held', 2, 3), planned('tomorrow', 24, 25)];
  const ended = noteFirstFrame(noteLive(NO_MEMORY, list[1], 'run'), 'run');
  const memory = noteEnded(ended, NOW_MS + 3 * HOUR_MS, SHOWN);
  const nowMs = NOW_MS + 3.1 * HOUR_MS;
  assert.is(choosePlanned(list, memory, nowMs)?.id, 'tomorrow');
  const given = { list, memory, shown: 'tomorrow', nowMs };
  assert.equal(
    list.map((drop) => phaseOf(drop, given)),
    ['missed', 'held', 'shown'],
  );
});

test('the one that the box is prepared for stays, whatever the clock says and what is added', () => {
  const checked = (list: readonly ReturnType<typeof planned>[], memory: DropMemory, hours = 0) =>
    choosePlanned(list, memory, NOW_MS + hours * HOUR_MS, 'friday')?.id;
  assert.is(checked(LIST, NO_MEMORY, 30), 'friday');
  assert.is(checked([...LIST, planned('soundcheck', 1, 1.5)], NO_MEMORY), 'friday');
  assert.is(
    checked(LIST, hold(NO_MEMORY, 'friday', 4), 4),
    'sunday',
    'once it was held the next one',
  );
  assert.is(checked([planned('sunday', 41)], NO_MEMORY), 'sunday', 'it was removed');
});

test('one that was held is held again where a person says so', () => {
  const ended = hold(NO_MEMORY, 'friday', 3);
  assert.is(shown(ended, 3), 'sunday');
  const again = holdAgain(ended, 'friday') ?? NO_MEMORY;
  assert.equal([shown(again, 3), again.held, again.last], ['friday', [], undefined]);
  assert.is(holdAgain(ended, 'sunday'), undefined, 'it was not held');
  const both = hold(ended, 'sunday', 43);
  assert.is(holdAgain(both, 'friday')?.last?.id, 'sunday', 'the last one stays the last one');
});

test('one that overran is held again though the next one is soon, until that is nearer than its end', () => {
  const list = [planned('first', 0, 2), planned('next', 2.75, 4)];
  const nowMs = (hours: number) => NOW_MS + hours * HOUR_MS;
  const ended = noteEnded(
    noteFirstFrame(noteLive(NO_MEMORY, list[0], 'run'), 'run'),
    nowMs(2.1),
    SHOWN,
  );
  const memory = holdAgain(ended, 'first') ?? NO_MEMORY;
  const chosen = (hours: number) => choosePlanned(list, memory, nowMs(hours))?.id;
  assert.equal([2.1, 2.3, 2.5].map(chosen), ['first', 'first', 'next']);
  const given = { list, memory, shown: undefined, nowMs: nowMs(2.1) };
  assert.is(phaseOf(planned('first', 0, 2), given), 'coming');
  const live = noteLive(memory, list[0], 'run-2');
  assert.is(noteEnded(live, nowMs(2.2), SHOWN).again, 'first', 'it had no frame');
  const over = noteEnded(noteFirstFrame(live, 'run-2'), nowMs(2.2), SHOWN);
  assert.is(over.again, undefined);
});

test('one without a live frame has not begun: it is still to come', () => {
  const [, , friday] = LIST;
  const live = noteLive(NO_MEMORY, friday, 'run-1');
  assert.is(shown(live, 60), 'friday', 'what is on is shown, whatever the clock says');
  assert.is(shown(noteEnded(live, NOW_MS, SHOWN)), 'friday');
});

test('a drop that is resumed under its id, or begun again after a power cut, is the same one', () => {
  const [, sunday, friday] = LIST;
  const live = noteFirstFrame(noteLive(NO_MEMORY, friday, 'run-1'), 'run-1');
  assert.is(noteLive(live, sunday, 'run-1'), live);
  const again = noteLive(live, sunday, 'run-2');
  assert.is(again.current?.drop?.id, 'friday');
  assert.is(noteEnded(again, NOW_MS, SHOWN).held.at(-1)?.id, 'friday', 'it had begun before');
});

test('what is on air stays when its lines in the file are broken', () => {
  const [, , friday] = LIST;
  const live = noteLive(NO_MEMORY, friday, 'run');
  assert.is(choosePlanned([planned('sunday', 41)], live, NOW_MS)?.id, 'friday');
});

test('while the drop of the config is on, none of the list takes its place', () => {
  const live = noteFirstFrame(noteLive(NO_MEMORY, undefined, 'run-1'), 'run-1');
  assert.is(shown(live), undefined);
  assert.is(
    phaseOf(planned('friday', 2, 4), {
      ...{ list: LIST, memory: live, shown: undefined, nowMs: NOW_MS },
    }),
    'coming',
  );
  const again = noteLive(live, LIST[2], 'run-2');
  assert.is(shown(again), undefined, 'begun again after a power cut');
  const ended = noteEnded(again, NOW_MS, SHOWN);
  assert.equal(ended.held, []);
  assert.is(shown(ended), 'friday');
});

test('guests read of the next one alone once it is nearer than the end of the last', () => {
  const last = { id: '', title: 'Friday', startsAt: at(-2), endedMs: NOW_MS, run: 'run' };
  const next = planned('sunday', 40);
  assert.not.ok(isNextNearer(last, next, NOW_MS + 19 * HOUR_MS));
  assert.ok(isNextNearer(last, next, NOW_MS + 21 * HOUR_MS));
  assert.not.ok(isNextNearer(last, undefined, NOW_MS + 90 * HOUR_MS));
  assert.not.ok(isNextNearer(undefined, next, NOW_MS));
});

test('the drop of the config comes next once it has another start, after the end of the last', () => {
  const last = { id: '', title: 'Friday', startsAt: at(1), endedMs: NOW_MS, run: 'run' };
  const isIt = (starts_at: string) => isNext(undefined, { starts_at }, last);
  assert.equal([at(1), at(-3), '', at(20)].map(isIt), [false, false, false, true]);
  assert.not.ok(isNext(undefined, { starts_at: at(20) }, undefined));
});

test('no drop is held twice, and none is left out (random, from a seed)', () => {
  const list = fc.uniqueArray(
    fc.record({ id: fc.integer({ min: 1, max: 30 }), hours: fc.integer({ min: 1, max: 100 }) }),
    { selector: ({ id }) => id, maxLength: 12 },
  );
  fc.assert(
    fc.property(list, (entries) => {
      const drops = entries.map(({ id, hours }) => planned(`d${id}`, hours));
      const held: string[] = [];
      let memory = NO_MEMORY;
      for (;;) {
        const next = choosePlanned(drops, memory, NOW_MS);
        if (next === undefined) break;
        held.push(next.id);
        memory = noteEnded(noteFirstFrame(noteLive(memory, next, next.id), next.id), NOW_MS, SHOWN);
      }
      assert.is(new Set(held).size, drops.length);
      assert.is(held.length, drops.length);
      const starts = held.map((id) => drops.find((one) => one.id === id)?.starts_at ?? '');
      assert.equal(starts, starts.toSorted());
    }),
    { seed: 20261129, numRuns: 200 },
  );
});

test.run();
