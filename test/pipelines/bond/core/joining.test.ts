/** A link that joins while live carries its share at once, in virtual time. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seeded } from '../../../support/seeded.ts';
import { configOf, Venue } from '../support/simulated-venue.ts';

const test = suite('a link that joins while live');

/** Percent of the data packets of the next `ms` that went out by the link. */
function shareOf(venue: Venue, slot: number, ms: number): number {
  const before = [...venue.sentPackets];
  venue.run(ms);
  const sent = venue.sentPackets.map((packets, index) => packets - (before[index] ?? 0));
  return (100 * (sent[slot] ?? 0)) / sent.reduce((sum, packets) => sum + packets, 0);
}

function pathsOf(random: () => number, count: number) {
  return Array.from({ length: count }, () => ({
    delayMs: 1 + 60 * random(),
    jitterMs: 10 * random(),
    rateBps: 10e6,
  }));
}

for (let seed = 1; seed <= 12; seed += 1) {
  test(`it carries its share within a second and never everything (seed ${seed})`, () => {
    const random = seeded(seed);
    const venue = new Venue({ links: pathsOf(random, 2), latencyMs: 500, seed });
    venue.bond.setLinks([configOf(0)], venue.nowMs);
    venue.run(2000 + Math.floor(20_000 * random()));
    venue.bond.setLinks([configOf(0), configOf(1)], venue.nowMs);
    for (let tenth = 0; tenth < 10; tenth += 1) assert.ok(shareOf(venue, 1, 100) < 80);
    const share = shareOf(venue, 1, 1000);
    assert.ok(share > 35 && share < 65, `${share} %`);
    assert.is(venue.receiver.lost, 0);
  });

  test(`a healed link does not pay for the time before (seed ${seed})`, () => {
    const random = seeded(seed);
    const venue = new Venue({ links: pathsOf(random, 3), latencyMs: 500, seed });
    venue.run(5000);
    const slot = Math.floor(3 * random());
    venue.cut(slot);
    venue.run(1000 + Math.floor(20_000 * random()));
    venue.cut(slot, false);
    while (venue.snapshot().links[slot]?.state !== 'active') venue.run(100);
    venue.run(500);
    const share = shareOf(venue, slot, 1000);
    assert.ok(share > 20 && share < 50, `${share} %`);
    assert.is(venue.receiver.lost, 0);
  });
}

for (const rateBps of [1e6, 2e6]) {
  test(`no packet is lost when a link of ${rateBps / 1e6} Mbit/s joins two that are full`, () => {
    const full = { delayMs: 25, rateBps: 3.5e6 };
    const venue = new Venue({ links: [full, full, { delayMs: 30, rateBps }], latencyMs: 500 });
    venue.bond.setLinks([configOf(0), configOf(1)], venue.nowMs);
    venue.run(10_000);
    venue.bond.setLinks([configOf(0), configOf(1), configOf(2)], venue.nowMs);
    venue.run(5000);
    assert.is(venue.receiver.lost, 0);
  });
}

for (const seed of [21, 155, 213, 268]) {
  test(`three links of different delay register without losing anything, at 5 % loss (seed ${seed})`, () => {
    const part = (factor: number) => ((seed * 7919 * factor) % 1000) / 1000;
    const links = [3, 4, 5].map((factor) => ({
      ...{ jitterMs: 10, rateBps: 10e6, lossRatio: 0.05 },
      delayMs: 10 + 80 * part(factor),
    }));
    const venue = new Venue({ links, latencyMs: 500, seed });
    venue.run(4000);
    assert.is(venue.receiver.lost, 0);
    assert.is([...venue.relay.groups].length, 1);
  });
}

test.run();
