/** When the box opens its hotspot, and when it closes it. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  AGAIN_MS,
  CONNECTING_TIMES,
  FIRST_WAIT_MS,
  type HotspotFacts,
  type HotspotState,
  LOOK_MS,
  stepHotspot,
  UNSIGNED_MS,
  WAIT_MS,
} from '../../../daemon/first-boot/hotspot-step.ts';

const test = suite('hotspot: when');

const NONE: Omit<HotspotFacts, 'nowMs'> = {
  ...{ hasCable: false, wifi: 'off', knowsWifi: false },
  ...{ isFirstBoot: false, isOnAir: false, usedMs: undefined, hasPage: false },
};
const START: HotspotState = { phase: 'waiting', sinceMs: 0 };

/** How long it takes until it acts, looking each second; undefined: never within an hour. */
function actsAfterMs(change: Partial<HotspotFacts>, from = START) {
  let state = from;
  for (let nowMs = 0; nowMs <= 3_600_000; nowMs += 1_000) {
    const step = stepHotspot(state, { ...NONE, ...change, nowMs });
    state = step.state;
    if (step.action !== 'nothing') return [step.action, nowMs];
  }
  return undefined;
}

test('a new box opens it at once, also beside a cable; one that was set up waits for its network', () => {
  assert.equal(actsAfterMs({ isFirstBoot: true }), ['open', FIRST_WAIT_MS]);
  assert.equal(actsAfterMs({ isFirstBoot: true, hasCable: true }), ['open', FIRST_WAIT_MS]);
  assert.equal(actsAfterMs({}), ['open', WAIT_MS]);
  assert.equal(actsAfterMs({ isFirstBoot: true, knowsWifi: true }), ['open', LOOK_MS]);
});

test('a card that is connecting is left alone, but not for ever: a network may give no address', () => {
  const connecting = { knowsWifi: true, wifi: 'connecting' } as const;
  assert.equal(actsAfterMs(connecting), ['open', CONNECTING_TIMES * WAIT_MS]);
});

test('a router that restarts during a drop does not take the box away from the guests on its Wi-Fi, one that is gone for good leaves no box that nobody reaches', () => {
  const kept = ['open', CONNECTING_TIMES * WAIT_MS];
  for (const wifi of ['off', 'connecting'] as const) {
    assert.equal(actsAfterMs({ knowsWifi: true, wifi, isOnAir: true }), kept, wifi);
  }
  assert.equal(actsAfterMs({ isOnAir: true }), ['open', WAIT_MS], 'there is no Wi-Fi to wait for');
});

test('a hotspot that was open before a drop stays; one that was opened in it is closed to look for the Wi-Fi again', () => {
  const open = { wifi: 'hotspot', knowsWifi: true, isOnAir: true } as const;
  const lost = { phase: 'waiting', sinceMs: -CONNECTING_TIMES * WAIT_MS } as const;
  const opened = stepHotspot(lost, { ...NONE, ...open, wifi: 'off', nowMs: 0 });
  assert.is(opened.action, 'open');
  assert.equal(actsAfterMs(open, opened.state), ['close', AGAIN_MS]);
  const used = { ...open, usedMs: 2_000_000 };
  assert.equal(actsAfterMs(used, opened.state), ['close', AGAIN_MS + 2_000_000]);
  assert.is(actsAfterMs({ ...open, hasPage: true }, opened.state), undefined);
  assert.is(actsAfterMs({ ...open, knowsWifi: false }, opened.state), undefined);
  assert.is(actsAfterMs(open), undefined, 'it was open before');
  const between = stepHotspot(opened.state, { ...NONE, ...open, isOnAir: false, nowMs: 0 });
  assert.is(actsAfterMs(open, between.state), undefined, 'it was open before the next drop');
  const looking = { phase: 'looking', sinceMs: 0 } as const;
  assert.equal(actsAfterMs({ ...open, wifi: 'off' }, looking), ['open', LOOK_MS]);
});

test('with a network, or without a card, it opens none', () => {
  assert.is(actsAfterMs({ hasCable: true }), undefined);
  assert.is(actsAfterMs({ wifi: 'connected' }), undefined);
  assert.is(actsAfterMs({ wifi: 'connected', isFirstBoot: true }), undefined);
  assert.is(actsAfterMs({ wifi: 'absent', isFirstBoot: true }), undefined);
});

test('an open one is closed to look for the venue’s Wi-Fi again, but never under a phone or the set-up', () => {
  const open = { wifi: 'hotspot', knowsWifi: true } as const;
  assert.equal(actsAfterMs(open), ['close', AGAIN_MS]);
  assert.equal(actsAfterMs({ ...open, usedMs: 120_000 }), ['close', AGAIN_MS + 120_000]);
  assert.is(actsAfterMs({ ...open, isFirstBoot: true }), undefined);
  assert.is(actsAfterMs({ ...open, knowsWifi: false }), undefined, 'there is nothing to find');
  assert.equal(actsAfterMs({ ...open, hasCable: true }), ['close', LOOK_MS]);
  assert.is(actsAfterMs({ ...open, hasPage: true }), undefined, 'the crew works over it');
  const looking = { phase: 'looking', sinceMs: 0 } as const;
  assert.equal(actsAfterMs({ knowsWifi: true }, looking), ['open', LOOK_MS]);
});

test('a page that nobody has signed in to keeps the box out of its Wi-Fi for half an hour only', () => {
  let state = START;
  let closedMs: number | undefined;
  for (let nowMs = 0; closedMs === undefined && nowMs <= 3_600_000; nowMs += 1_000) {
    const open = { ...NONE, wifi: 'hotspot', knowsWifi: true, usedMs: nowMs, nowMs } as const;
    const step = stepHotspot(state, open);
    state = step.state;
    if (step.action === 'close') closedMs = nowMs;
  }
  assert.is(closedMs, UNSIGNED_MS);
  assert.is(state.phase, 'looking');
});

test('whatever happens, it is opened only without a network, and closed only where it is open', () => {
  const facts = fc.record({
    hasCable: fc.boolean(),
    wifi: fc.constantFrom('absent', 'off', 'connecting', 'connected', 'hotspot'),
    knowsWifi: fc.boolean(),
    isFirstBoot: fc.boolean(),
    isOnAir: fc.boolean(),
    usedMs: fc.option(fc.nat(4_000_000), { nil: undefined }),
    hasPage: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(facts, fc.nat(120_000)), { maxLength: 60 }), (looks) => {
      let state = START;
      let nowMs = 0;
      for (const [fact, passedMs] of looks) {
        nowMs += passedMs;
        const step = stepHotspot(state, { ...fact, nowMs } as HotspotFacts);
        state = step.state;
        if (step.action === 'open') assert.ok(fact.wifi === 'off' || fact.wifi === 'connecting');
        if (step.action === 'close') assert.ok(fact.wifi === 'hotspot' && !fact.isFirstBoot);
        if (step.action === 'close') assert.ok(!fact.isOnAir || (fact.knowsWifi && !fact.hasPage));
      }
    }),
    { seed: 16 },
  );
});

test.run();
