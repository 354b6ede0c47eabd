/** Three links and links of very different rates, in virtual time. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Venue } from '../support/simulated-venue.ts';

const test = suite('three links, and unequal ones');

const LOSSY = { jitterMs: 10, rateBps: 10e6, lossRatio: 0.02 };
const THREE = [
  { ...LOSSY, delayMs: 20 },
  { ...LOSSY, delayMs: 30 },
  { ...LOSSY, delayMs: 45 },
];

// 62, 96 and 99 lost a packet each while no copy followed a repeat whose loss is seen too late.
for (const seed of [1, 3, 4, 62, 96, 99]) {
  test(`two of three black-holed in turn beside 2 % loss lose nothing at 300 ms (seed ${seed})`, () => {
    const venue = new Venue({ links: THREE, latencyMs: 300, seed });
    venue.run(6000);
    for (let first = 0; first < 6; first += 1) {
      const second = (first + 1) % 3;
      venue.cut(first % 3);
      venue.run(1500);
      venue.cut(second);
      venue.run(3000);
      venue.cut(first % 3, false);
      venue.run(3000);
      venue.cut(second, false);
      venue.run(3000);
    }
    assert.is(venue.receiver.lost, 0);
    const { wireBytesTotal, offeredBytesTotal } = venue.snapshot();
    assert.ok(wireBytesTotal / offeredBytesTotal < 1.2, `${wireBytesTotal / offeredBytesTotal}`);
  });
}

test('a silent link with the lowest RTT carries only probes', () => {
  const venue = new Venue({ links: THREE.map((link) => ({ ...link, lossRatio: 0 })) });
  venue.run(6000);
  venue.cut(0);
  venue.run(400);
  const before = venue.sentPackets[0] ?? 0;
  const { offered } = venue;
  venue.run(3000);
  const part = ((venue.sentPackets[0] ?? 0) - before) / (venue.offered - offered);
  assert.ok(part <= 0.025, `${100 * part} %`);
  assert.is(venue.receiver.lost, 0);
});

for (const [fastMs, slowMs] of [
  [25, 40],
  [10, 60],
  [40, 25],
] as const) {
  test(`20 + 2 Mbit/s of ${fastMs} and ${slowMs} ms carry 95 % of the sum`, () => {
    const links = [
      { delayMs: fastMs, jitterMs: 5, rateBps: 20e6 },
      { delayMs: slowMs, jitterMs: 5, rateBps: 2e6 },
    ];
    // The simulated path counts 42 bytes more for each packet.
    const bitrateBps = (0.95 * 22e6 * 1332) / 1374;
    const venue = new Venue({ links, bitrateBps });
    venue.run(10_000);
    const { offered } = venue;
    const { received } = venue.receiver;
    venue.run(10_000);
    const part = (venue.receiver.received - received) / (venue.offered - offered);
    assert.ok(part > 0.99, `${part}`);
    assert.is(venue.receiver.lost, 0);
  });
}

for (const nearMs of [0, 25]) {
  test(`a link of 1 Mbit/s with a long queue is known as such beside one of ${nearMs} ms`, () => {
    const links = [
      { delayMs: nearMs, rateBps: 100e6 },
      { delayMs: 25, rateBps: 1e6, queueMs: 800 },
    ];
    const venue = new Venue({ links, bitrateBps: 3e6, latencyMs: 500 });
    venue.run(15_000);
    let sumBps = 0;
    for (let second = 0; second < 20; second += 1) {
      venue.run(1000);
      sumBps += venue.snapshot().links[1]?.capacityBps ?? 0;
    }
    assert.ok(sumBps / 20 < 3e6, `${sumBps / 20}`);
    assert.is(venue.receiver.lost, 0);
  });
}

test('a link that its carrier slows to 64 kbit/s costs next to nothing, and is used again after it', () => {
  const links = [
    { delayMs: 30, rateBps: 10e6 },
    { delayMs: 30, rateBps: 5e6, queueMs: 3000 },
  ];
  const venue = new Venue({ links, bitrateBps: 5e6, latencyMs: 1000 });
  const slow = venue.up[1];
  const setRate = (rateBps: number) => {
    if (slow !== undefined) slow.options = { ...slow.options, rateBps };
  };
  venue.run(10_000);
  setRate(64e3);
  venue.run(60_000);
  assert.ok(venue.receiver.lost <= 10, `${venue.receiver.lost}`);
  setRate(5e6);
  venue.run(20_000);
  const { sharePct = 0 } = venue.snapshot().links[1] ?? {};
  assert.ok(sharePct > 30, `${sharePct} %`);
  assert.ok(venue.receiver.lost <= 10, `${venue.receiver.lost}`);
});

test('a third link that was slowed for a time has its share again, though the other two have room for all', () => {
  const links = [
    { delayMs: 30, rateBps: 10e6 },
    { delayMs: 35, rateBps: 10e6 },
    { delayMs: 30, rateBps: 5e6, queueMs: 3000 },
  ];
  const venue = new Venue({ links, bitrateBps: 3e6, latencyMs: 1000 });
  const slow = venue.up[2];
  const setRate = (rateBps: number) => {
    if (slow !== undefined) slow.options = { ...slow.options, rateBps };
  };
  venue.run(10_000);
  setRate(64e3);
  venue.run(20_000);
  setRate(5e6);
  venue.run(200_000);
  const { sharePct = 0 } = venue.snapshot().links[2] ?? {};
  assert.ok(sharePct > 15, `${sharePct} %`);
  assert.ok(venue.receiver.lost <= 10, `${venue.receiver.lost}`);
});

test.run();
