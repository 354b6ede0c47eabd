/** Each line of the checklist: what makes it fail, and the advice that it then gives. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { checklistFields } from '../../../daemon/model/readiness.ts';
import { makeChecklist } from '../../../daemon/ready/checklist/checklist.ts';
import type { Facts, Probes } from '../../../daemon/ready/checklist/line.ts';
import { recordingTo } from '../../support/snapshot.ts';
import { shop } from '../mqtt/support/shop.ts';
import { BOX_CASES } from './support/box-cases.ts';
import { NETWORK_CASES } from './support/network-cases.ts';
import { type Change, PLAN, PROBES, READY, URL } from './support/ready-box.ts';

const test = suite('checklist before a drop');
const CASES = [...BOX_CASES, ...NETWORK_CASES];

function checklist({ box = {}, plan = {}, probes = {} }: Change) {
  const facts: Facts = {
    box: { ...READY, ...box },
    plan: { ...PLAN, ...plan },
    probes: { ...PROBES, ...probes } as Probes,
    nowMs: Date.UTC(2026, 10, 29, 18),
  };
  return makeChecklist(facts);
}

function lineOf(name: string, change: Change) {
  const line = checklist(change).lines.find((one) => one.name === name);
  if (line === undefined) throw new Error(`no line ${name}`);
  assert.ok(line.evidence !== '', `${name} has no evidence`);
  assert.ok((line.verdict === 'pass') === (line.advice === ''), `${name}: ${line.advice}`);
  return line;
}

test('a box that is ready passes every line, and the whole follows its schema', () => {
  const list = checklist({});
  for (const { name, verdict, evidence } of list.lines) {
    assert.is(verdict, 'pass', `${name}: ${evidence}`);
  }
  assert.is(list.verdict, 'pass');
  assert.ok(v.is(v.strictObject(checklistFields), list));
  assert.is(new Set(list.lines.map(({ name }) => name)).size, list.lines.length);
});

for (const [what, name, verdict, advice, change] of CASES) {
  test(`${name}: ${what}`, () => {
    const line = lineOf(name, change);
    assert.is(line.verdict, verdict, line.evidence);
    assert.match(line.advice, advice);
    assert.is(checklist(change).verdict === 'pass', false);
  });
}

test('each line has a case in which it does not pass', () => {
  const tested = new Set(CASES.map(([, name]) => name));
  const gate = ['camera', 'encoder', 'sound', 'battery', 'disk', 'links'];
  for (const { name } of checklist({}).lines) {
    assert.ok(tested.has(name) || gate.includes(name), `no failing case of ${name}`);
  }
});

test('on air, what is over and what is left of it are no faults', () => {
  const live = { phase: 'live', sinceMs: 0 } as const;
  const [article] = shop(1).articles;
  const sold = {
    ...shop(1),
    window: { phase: 'over', leftMs: 0 } as const,
    articles: article ? [{ ...article, left: 0 }] : [],
  };
  const onAir = lineOf('catalogue', { box: { drop: live, shop: sold } });
  assert.is(onAir.verdict, 'pass');
  assert.match(onAir.evidence, /its first minutes are over; sold out: /);
  const paying = lineOf('catalogue', { box: { shop: { ...sold, isOver: true } } });
  assert.equal([paying.verdict, paying.advice], ['pass', '']);
  assert.match(paying.evidence, 'payments for the last drop still come in');
  const battery = { phase: 'known', source: 'x', chargePct: 45, mains: 'off', timeLeftS: 2_000 };
  const box = { drop: live, battery } as Change['box'];
  const recording = ['a', 'b'].map((id) => ({ ...recordingTo(id), remainingS: 1_800 }));
  const late = { box: { ...box, recording }, plan: { leftS: 600 } };
  assert.is(lineOf('battery for the plan', late).verdict, 'pass');
  assert.is(lineOf('recording', late).verdict, 'pass');
  const page = { box: { drop: live, playerUrl: URL }, probes: { page: undefined } };
  assert.match(lineOf('guests’ page', page).evidence, 'not tried now');
});

test('what recordings may take counts before the drop: the reserve is not theirs, what may be deleted is', () => {
  const { remainingS: _, ...idle } = { ...recordingTo('a'), freeBytes: 1e9 };
  const of = (usableBytes?: number) => {
    const target = usableBytes === undefined ? idle : { ...idle, usableBytes };
    const recording = [target, { ...recordingTo('b'), ...target, id: 'b' }];
    return lineOf('recording', { box: { recording } }).verdict;
  };
  assert.equal([of(60e9), of(1e6), of()], ['pass', 'fail', 'warn']);
});

test('who taps one microphone after the other while the checks run is heard at both', () => {
  const levels = { peakDbfs: [-12, -90], rmsDbfs: [-12, -90] };
  const probes = { peakDbfs: [-12, -14] };
  assert.is(lineOf('sound channels', { box: { levels }, probes }).verdict, 'pass');
});

test('one fact is judged once: by the graver line, or where both pass by the one that says more', () => {
  const namesOf = (change: Change) => checklist(change).lines.map(({ name }) => name);
  const ready = namesOf({});
  for (const name of ['camera', 'sound', 'battery', 'disk', 'links'])
    assert.not.ok(ready.includes(name));
  for (const name of ['encoder', 'clock', 'picture', 'recording']) assert.ok(ready.includes(name));
  const dead = { phase: 'pausing', restartsTotal: 3, lastFailure: 'no such device' } as const;
  const gone = namesOf({ box: { children: { ...READY.children, camera: dead } } });
  assert.ok(gone.includes('camera') && !gone.includes('picture'));
  const noLinks = namesOf({ plan: { uplinkBps: undefined } });
  assert.ok(noLinks.includes('links'), 'no line says it otherwise');
});

test('of two that are equally wrong both are shown: they may have found different things', () => {
  const evidenceOf = (change: Change) => checklist(change).lines.map(({ evidence }) => evidence);
  const interfaces = [{ name: 'wwan0', isUp: true, addresses: ['10.0.0.2'] }];
  const system = { ...READY.system, disks: [], interfaces, clock: { phase: 'synchronised' } };
  const untried = evidenceOf({
    box: { uplink: undefined, system: system as never },
    probes: { links: undefined },
  });
  assert.ok(untried.includes('1 of 2 links are there; missing: lte'), untried.join('\n'));
  assert.ok(untried.some((one) => one.startsWith('not tried now,')));
  const second = { phase: 'live', isOnAir: true, framesPerS: 15 } as const;
  const camera = { phase: 'live', framesPerS: 0, repeatedTotal: 0, second } as const;
  const running = READY.children['camera'];
  const few = evidenceOf({
    box: {
      sources: { camera } as never,
      children: { ...READY.children, ...(running && { camera2: running }) },
    },
  });
  assert.ok(few.includes('frames from camera 2; camera 1 is away'), few.join('\n'));
  assert.ok(few.some((one) => one.startsWith('15 of ')));
});

test('what is not wanted passes: no uplink, no printer, no posters, nothing sold', () => {
  const change = {
    plan: { uplinkBps: undefined, hasPrinter: false, hasPosters: false },
    probes: { links: undefined, posters: undefined },
  };
  const names = ['SRT receiver', 'printer and paper', 'posters', 'catalogue'];
  for (const name of names) assert.is(lineOf(name, change).verdict, 'pass', name);
  assert.is(
    checklist(change).lines.some(({ name }) => name === 'failover'),
    false,
  );
});

test.run();
