/** A clock that is not synchronised: what the box says of it, in the alert and before a drop. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runChecks } from '../../../daemon/drop/checks.ts';
import { DESTINATION_RULES } from '../../../daemon/health/destination-rules.ts';
import { clockNeeds, MACHINE_RULES } from '../../../daemon/health/machine-rules.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { WELL } from '../../support/snapshot.ts';

const test = suite('a clock that is not synchronised');

const planned = (startsAt: string): Partial<BoxSnapshot> => ({
  plannedDrops: {
    ...{ list: [], faults: [], file: 'drops.yaml' },
    shown: { id: 'friday', title: 'Friday', startsAt, endsAt: '' },
  },
});
const shop = { totals: {}, articles: [] } as unknown as NonNullable<BoxSnapshot['shop']>;

const phase = (value: 'free' | 'synchronised' | 'unknown'): Partial<BoxSnapshot> => ({
  ...(WELL.system && { system: { ...WELL.system, clock: { phase: value } } }),
});

test('only what the box has is named', () => {
  const bare: BoxSnapshot = { ...WELL, recording: [] };
  assert.is(clockNeeds(bare), 'not certain: certificates');
  assert.match(clockNeeds({ ...bare, ...planned('2026-12-04T20:00:00Z') }), 'the next drop');
  assert.not.match(clockNeeds({ ...bare, ...planned('') }), 'the next drop');
  assert.match(clockNeeds({ ...bare, shop }), 'signed ones that seem late are put off');
});

test('the alert says it, and so does the check before a drop; neither once it is synchronised', () => {
  const rule = MACHINE_RULES.find(({ key }) => key === 'clock-unsynchronised');
  const seenIn = (change: Partial<BoxSnapshot>) => {
    const box = { ...WELL, ...change, ...planned('2026-12-04T20:00:00Z') };
    const found = rule?.find({ box } as never);
    const check = runChecks(box).find(({ name }) => name === 'clock');
    return { alert: JSON.stringify(found ?? ''), verdict: check?.verdict, said: check?.evidence };
  };
  const free = seenIn(phase('free'));
  assert.match(free.alert, 'the start of the next drop');
  assert.is(free.verdict, 'warn');
  assert.match(free.said ?? '', 'the start of the next drop');
  for (const well of ['synchronised', 'unknown'] as const) {
    assert.is(seenIn(phase(well)).alert, '""', well);
  }
  assert.is(seenIn(phase('synchronised')).verdict, 'pass');
});

test('a certificate that a destination has is not blamed while the clock is not set', () => {
  const [rule] = DESTINATION_RULES;
  const adviceOf = (value: 'free' | 'synchronised', reason: string) => {
    const one = { id: 'web', kind: 'rtmp', phase: 'connecting', reason } as const;
    const destination = { ...one, sentBps: 0, sentBytesTotal: 0, restartsTotal: 3 };
    const box = { ...WELL, ...phase(value), destinations: [destination] };
    return JSON.stringify(rule?.find({ box } as never));
  };
  const certificate = 'the server’s certificate is not accepted';
  assert.match(adviceOf('free', certificate), 'a network with a time server');
  assert.not.match(adviceOf('synchronised', certificate), 'time server');
  assert.not.match(adviceOf('free', 'nothing listens at the server'), 'time server');
});

test.run();
