/** Links on which large packets vanish while small ones pass, in virtual time. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seededRandom } from '../support/simulated-path.ts';
import { Venue } from '../support/simulated-venue.ts';

const test = suite('large packets that vanish');

const NEAR = { delayMs: 20, jitterMs: 8, rateBps: 10e6 };
const FAR = { delayMs: 40, jitterMs: 10, rateBps: 10e6 };

const nameOf = (venue: Venue, index: number) => {
  const { state, reason, largePackets } = venue.snapshot().links[index] ?? {};
  return { state, reason, largePackets };
};

for (let seed = 1; seed <= 6; seed += 1) {
  test(`the link is left, named and carries probes only, and nothing is lost at 500 ms (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const far = { ...FAR, delayMs: 20 + 60 * random(), lossRatio: 0.01 * random() };
    const venue = new Venue({ links: [NEAR, far], latencyMs: 500, seed });
    venue.run(4000 + 2000 * random());
    const bad = random() < 0.5 ? 0 : 1;
    const mtuBytes = 1000 + Math.floor(300 * random());
    venue.limitMtu(bad, mtuBytes);
    venue.run(4000);
    const { state, largePackets } = nameOf(venue, bad);
    assert.is(state, 'stalled');
    assert.is(largePackets?.lostBytes, 1332);
    const passedBytes = largePackets?.passedBytes ?? 0;
    assert.ok(passedBytes + 28 <= mtuBytes && passedBytes + 188 + 28 > mtuBytes, `${passedBytes}`);
    assert.match(nameOf(venue, bad).reason ?? '', `of ${passedBytes} pass`);
    const before = venue.sentPackets[bad] ?? 0;
    const { offered } = venue;
    venue.run(5000);
    const part = ((venue.sentPackets[bad] ?? 0) - before) / (venue.offered - offered);
    assert.ok(part < 0.12, `${100 * part} %`);
    assert.is(venue.receiver.lost, 0);
    venue.limitMtu(bad, 1500);
    venue.run(4000);
    assert.is(nameOf(venue, bad).state, 'active');
    assert.is(nameOf(venue, bad).largePackets, undefined);
  });
}

test('links that all need smaller packets carry them as soon as the encoder sends them', () => {
  const venue = new Venue({ links: [NEAR, FAR] });
  venue.limitMtu(0, 1300);
  venue.limitMtu(1, 1100);
  venue.run(6000);
  assert.is(venue.receiver.received, 0);
  const sizes = venue.snapshot().links.map(({ largePackets }) => largePackets?.passedBytes);
  assert.equal(sizes, [1144, 956]);
  venue.packetBytes = 1144;
  venue.run(3000);
  assert.is(nameOf(venue, 0).state, 'active');
  assert.is(nameOf(venue, 1).state, 'stalled');
  assert.ok(venue.receiver.received > 1000, `${venue.receiver.received}`);
});

test('a single link says why nothing arrives', () => {
  const venue = new Venue({ links: [NEAR] });
  venue.run(3000);
  venue.limitMtu(0, 1200);
  venue.run(1000);
  assert.is(nameOf(venue, 0).reason, 'keepalives pass, data does not');
  venue.run(4000);
  assert.is(nameOf(venue, 0).reason, 'packets of 1332 bytes vanish, of 1144 pass (MTU)');
});

for (let seed = 1; seed <= 8; seed += 1) {
  test(`three of four links lose large packets at once: the fourth carries a slow stream (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const links = Array.from({ length: 4 }, () => ({
      ...{ delayMs: 5 + 145 * random(), jitterMs: 30 * random(), rateBps: 4e6 },
    }));
    const bitrateBps = 300_000 + 900_000 * random();
    const venue = new Venue({ links, bitrateBps, seed });
    venue.run(8000);
    const good = Math.floor(4 * random());
    const bad = [0, 1, 2, 3].filter((index) => index !== good);
    for (const index of bad) venue.limitMtu(index, 600 + 600 * random());
    for (let second = 0; second < 10; second += 1) {
      const { received } = venue.receiver;
      venue.run(1000);
      const part = ((venue.receiver.received - received) * 1332 * 8) / bitrateBps;
      assert.ok(part > 0.6, `${part} in second ${second}`);
    }
    assert.is(nameOf(venue, good).state, 'active');
    for (const index of bad) assert.is(nameOf(venue, index).largePackets?.lostBytes, 1332);
  });

  test(`a link that falls silent again and again is still found to lose large packets (seed ${seed})`, () => {
    const random = seededRandom(100 + seed);
    const venue = new Venue({ links: [NEAR, FAR], bitrateBps: 600_000, seed });
    venue.run(6000);
    venue.limitMtu(0, 1200);
    for (let times = 0; times < 8; times += 1) {
      venue.cut(0);
      venue.run(300 + 3000 * random());
      venue.cut(0, false);
      venue.run(800 + 600 * random());
    }
    assert.is(nameOf(venue, 0).largePackets?.lostBytes, 1332);
    assert.is(venue.receiver.lost, 0);
  });
}

for (let seed = 1; seed <= 6; seed += 1) {
  test(`loss, jitter and swings of delay are not taken for it (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const link = () => ({
      delayMs: 10 + 150 * random(),
      jitterMs: 60 * random(),
      rateBps: 2e6 + 8e6 * random(),
      lossRatio: 0.15 * random(),
    });
    const venue = new Venue({ links: [link(), link()], bitrateBps: 3e6, seed });
    for (let step = 0; step < 20; step += 1) {
      const index = step % 2;
      const delayMs = 10 + 400 * random();
      for (const paths of [venue.up, venue.down]) {
        const path = paths[index];
        if (path !== undefined) path.options = { ...path.options, delayMs };
      }
      if (random() < 0.3) venue.run(1000 * random(), false);
      venue.run(2000 * random());
    }
    const found = venue.switches.filter(({ reason }) => /keepalives pass/.test(reason));
    assert.equal(found, []);
  });
}

test.run();
