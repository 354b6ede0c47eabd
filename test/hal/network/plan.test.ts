/** What the network helper may be asked for. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import {
  CODES,
  DEVICE,
  planSchema,
  replySchema,
  requestSchema,
} from '../../../hal/network/plan.ts';
import { plans } from './support/plans.ts';

const test = suite('requests to the network helper');

const isPlan = (plan: unknown) => v.safeParse(planSchema, plan).success;
const CREW = { device: 'eth1', upBps: 5_000_000, downBps: 20_000_000, dns: '9.9.9.9' };

test('every plan that the config can make is taken, and goes through JSON unchanged', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const parsed = v.parse(requestSchema, JSON.parse(JSON.stringify({ verb: 'apply', plan })));
      assert.equal(parsed, { verb: 'apply', plan });
    }),
  );
});

test('an interface is a name, whatever text is given: nothing that nft, tc or ip reads as more', () => {
  const nasty = fc.oneof(
    fc.string(),
    fc.stringMatching(/^[\w.;"'*{} /\\$-]{1,20}$/),
    fc.constantFrom('eth0"; drop', '-all', '*', 'eth*', 'lo', 'a b', 'dev', '../x', 'eth0\n'),
  );
  fc.assert(
    fc.property(nasty, (device) => {
      if (!isPlan({ crew: { ...CREW, device } })) return;
      assert.match(device, /^\w[\w.-]{0,14}$/);
      assert.ok(DEVICE.test(device) && device !== 'lo');
    }),
  );
  for (const device of ['eth0\n', '', 'lo', '-x', 'a*', 'sixteen-letters-']) {
    assert.not(isPlan({ guests: { device, tcp: [], udp: [] } }), JSON.stringify(device));
  }
});

test('a port, rate or address out of range, an unknown key, verb or double use is refused', () => {
  const guests = { device: 'wlan0', tcp: [8080], udp: [] };
  assert.ok(isPlan({ guests, crew: CREW }));
  assert.ok(isPlan({}));
  const wrong: readonly unknown[] = [
    { guests: { ...guests, tcp: [0] } },
    { guests: { ...guests, tcp: [65_536] } },
    { guests: { ...guests, tcp: ['8080; accept'] } },
    { guests: { ...guests, udp: [1.5] } },
    { guests: { ...guests, rules: 'accept' } },
    { crew: { ...CREW, dns: 'resolver.example' } },
    { crew: { ...CREW, dns: '9.9.9.9; accept' } },
    { crew: { ...CREW, upBps: 1 } },
    { crew: { ...CREW, upBps: '5mbit' } },
    { crew: { ...CREW, via: 'eth1' } },
    { guests, crew: { ...CREW, device: 'wlan0' } },
    { guests, crew: { ...CREW, via: 'wlan0' } },
    { nft: 'flush ruleset' },
  ];
  for (const plan of wrong) assert.not(isPlan(plan), JSON.stringify(plan));
  for (const verb of ['run', 'flush', '', undefined]) {
    assert.not(v.safeParse(requestSchema, { verb, plan: {} }).success, verb);
  }
});

test('each code of a failure is one that the box understands', () => {
  for (const code of CODES) {
    assert.ok(v.safeParse(replySchema, { ok: false, code, reason: 'x' }).success);
  }
});

test.run();
