/** How the bond loses no packets when links fail, in virtual time. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { configOf, Venue } from '../support/simulated-venue.ts';

const test = suite('bond failover, the complete chain in virtual time');

const NEAR = { delayMs: 25, jitterMs: 10, rateBps: 10e6 };
const FAR = { delayMs: 40, jitterMs: 10, rateBps: 10e6 };

for (const latencyMs of [300, 500, 1000, 2000]) {
  for (const index of [0, 1]) {
    test(`link ${index} goes silent and no packet is lost at ${latencyMs} ms`, () => {
      const venue = new Venue({ links: [NEAR, FAR], latencyMs });
      venue.run(6000);
      venue.cut(index);
      venue.run(4000 + latencyMs);
      assert.is(venue.receiver.lost, 0);
      const stalled = venue.switches.find(({ to }) => to === 'stalled');
      assert.ok(
        stalled !== undefined && stalled.atMs - 7000 <= 320,
        'stalled within 250 ms and a tick',
      );
      const { wireBytesTotal, offeredBytesTotal } = venue.snapshot();
      assert.ok(wireBytesTotal / offeredBytesTotal < 1.1);
    });
  }
}

test('a healed link carries 40 % again within five seconds', () => {
  const venue = new Venue({ links: [NEAR, FAR] });
  venue.run(6000);
  venue.cut(0);
  venue.run(10_000);
  venue.cut(0, false);
  venue.run(4000);
  const before = [...venue.sentPackets];
  venue.run(1000);
  const [first = 0, second = 0] = venue.sentPackets.map((sent, slot) => sent - (before[slot] ?? 0));
  assert.ok(first / (first + second) >= 0.4, `${first} of ${first + second}`);
});

test('a socket error stalls a link at once and no packet is lost at 300 ms', () => {
  const venue = new Venue({ links: [NEAR, FAR], latencyMs: 300 });
  venue.run(6000);
  venue.cut(0);
  venue.bond.onFailed(0, 'ENETUNREACH', venue.nowMs);
  const [link] = venue.snapshot().links;
  assert.is(link?.state, 'stalled');
  assert.is(link?.reason, 'there is no route to the receiver (ENETUNREACH)');
  venue.run(3000);
  assert.is(venue.receiver.lost, 0);
});

test('a link whose RTT swings between 100 and 1200 ms never stalls', () => {
  const venue = new Venue({ links: [NEAR, FAR], latencyMs: 2000 });
  venue.run(4000);
  for (let ms = 0; ms < 30_000; ms += 50) {
    const delayMs = 50 + 275 * (1 - Math.cos((ms / 5000) * 2 * Math.PI));
    for (const path of [venue.up[0], venue.down[0]]) {
      if (path !== undefined) path.options = { ...path.options, delayMs };
    }
    venue.run(50);
  }
  assert.is(venue.snapshot().links[0]?.stallsTotal, 0);
  assert.is(venue.receiver.lost, 0);
});

for (const deadMs of [5000, 60_000]) {
  test(`both links dead ${deadMs / 1000} s: packets flow within a second of the first's return`, () => {
    const venue = new Venue({ links: [NEAR, FAR] });
    venue.run(4000);
    for (const index of [0, 1]) venue.cut(index);
    venue.run(deadMs);
    const { received } = venue.receiver;
    venue.cut(1, false);
    venue.run(1000 + 200);
    assert.ok(venue.receiver.received > received);
  });
}

test('a squeeze of five seconds costs less than 1.3 times what was offered, and ends with it', () => {
  const venue = new Venue({ links: [NEAR, FAR] });
  venue.run(6000);
  for (const path of venue.up) path.options = { ...path.options, rateBps: 2e6 };
  venue.run(5000);
  for (const path of venue.up) path.options = { ...path.options, rateBps: 10e6 };
  venue.run(3000);
  const { lost } = venue.receiver;
  venue.run(4000);
  assert.is(venue.receiver.lost, lost);
  const { wireBytesTotal, offeredBytesTotal } = venue.snapshot();
  assert.ok(wireBytesTotal / offeredBytesTotal <= 1.3);
});

for (const [first, second] of [
  [5, 5],
  [8, 2.5],
] as const) {
  test(`9.15 Mbit/s go over ${first} + ${second} Mbit/s without loss`, () => {
    const links = [
      { ...NEAR, rateBps: first * 1e6 },
      { ...FAR, rateBps: second * 1e6 },
    ];
    const venue = new Venue({ links, bitrateBps: 9.15e6 });
    venue.run(15_000);
    assert.ok(venue.receiver.lost <= venue.offered / 1000, `${venue.receiver.lost} lost`);
  });
}

test('five per cent of random loss on each link is repaired without a storm', () => {
  const links = [NEAR, FAR].map((link) => ({ ...link, lossRatio: 0.05 }));
  const venue = new Venue({ links });
  venue.run(15_000);
  assert.is(venue.receiver.lost, 0);
  const { wireBytesTotal, offeredBytesTotal } = venue.snapshot();
  assert.ok(wireBytesTotal / offeredBytesTotal < 1.12);
});

test('gaps from links of different delay close by themselves: no packet is sent again', () => {
  const venue = new Venue({ links: [{ delayMs: 15 }, { delayMs: 80 }] });
  venue.run(10_000);
  const { resentPacketsTotal, offeredBytesTotal } = venue.snapshot();
  assert.ok(
    resentPacketsTotal < offeredBytesTotal / 1360 / 1000,
    `${resentPacketsTotal} sent again`,
  );
  assert.is(venue.naksToEncoder, 0);
});

test('a link of high RTT carries its share when the other cannot carry everything', () => {
  const venue = new Venue({
    links: [
      { delayMs: 30, rateBps: 5e6 },
      { delayMs: 150, rateBps: 10e6 },
    ],
  });
  venue.run(10_000);
  assert.ok((venue.snapshot().links[1]?.sharePct ?? 0) >= 20);
  assert.is(venue.receiver.lost, 0);
});

test('a backup link carries nothing until the others fail, and then everything', () => {
  const venue = new Venue({ links: [NEAR, FAR] });
  venue.bond.setLinks([configOf(0), { ...configOf(1), isBackup: true }], venue.nowMs);
  venue.run(5000);
  const before = venue.sentPackets[1] ?? 0;
  assert.ok(before < 20, `${before} packets by the backup link`);
  venue.cut(0);
  venue.run(3000);
  assert.ok((venue.sentPackets[1] ?? 0) - before > 1000);
  assert.is(venue.receiver.lost, 0);
});

test('a link with a used-up data budget carries no packets', () => {
  const venue = new Venue({ links: [NEAR, FAR] });
  venue.bond.setLinks([{ ...configOf(0), budgetBytes: 500_000 }, configOf(1)], venue.nowMs);
  venue.run(6000);
  const [link] = venue.snapshot().links;
  assert.is(link?.isSpent, true);
  assert.ok((link?.usedBytes ?? 0) < 560_000, `${link?.usedBytes} bytes`);
  assert.is(venue.receiver.lost, 0);
});

test('no packet is lost when a link is removed while live and added again', () => {
  const venue = new Venue({ links: [NEAR, FAR], latencyMs: 300 });
  venue.run(5000);
  venue.bond.setLinks([configOf(1)], venue.nowMs);
  venue.cut(0);
  venue.run(3000);
  assert.is(venue.snapshot().links.length, 1);
  venue.cut(0, false);
  venue.bond.setLinks([configOf(0), configOf(1)], venue.nowMs);
  venue.run(3000);
  assert.equal(
    venue.snapshot().links.map(({ state }) => state),
    ['active', 'active'],
  );
  assert.is(venue.receiver.lost, 0);
});

test('weights divide the traffic', () => {
  const venue = new Venue({ links: [NEAR, NEAR] });
  venue.bond.setLinks([{ ...configOf(0), weight: 3 }, configOf(1)], venue.nowMs);
  venue.run(6000);
  const share = venue.snapshot().links[0]?.sharePct ?? 0;
  assert.ok(share > 65 && share < 85, `${share} %`);
});

test.run();
