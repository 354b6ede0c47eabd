/** Each line of the checklist: what makes it fail, and the advice that it then gives. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { checklistFields } from '../../../daemon/model/readiness.ts';
import { makeChecklist } from '../../../daemon/ready/checklist/checklist.ts';
import type { Facts, Probes } from '../../../daemon/ready/checklist/line.ts';
import { BOX_CASES } from './support/box-cases.ts';
import { NETWORK_CASES } from './support/network-cases.ts';
import { type Change, PLAN, PROBES, READY } from './support/ready-box.ts';

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
