/** The estimate of what one link can carry. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Capacity } from '../../../../../pipelines/bond/core/path/capacity.ts';
import { RttEstimator } from '../../../../../pipelines/bond/core/path/rtt.ts';
import { CALM, Estimated, QUEUED, rttWith } from '../../support/estimated-link.ts';
import { seededRandom } from '../../support/simulated-path.ts';

const test = suite('capacity of a link');

const near = (value: number, wanted: number) =>
  assert.ok(Math.abs(value - wanted) < 1e-6 * wanted, `${value}, not ${wanted}`);

test('the window is what the path holds, 60 ms of queue and what waits for an ACK', () => {
  const capacity = new Capacity();
  near(capacity.windowBytes(CALM), 1_000 * (50 + 60) + 12 * 1_400);
});

test('without congestion it grows by a third a second, to twice of what was carried', () => {
  const link = new Estimated();
  near(link.run(1, {}), 8e6 * 1.035);
  near(link.run(1, {}), 8e6 * 1.035 ** 2);
  near(link.run(100, {}), 12e6);
  near(link.run(1, { deliveredBps: 3e6 }), 12e6);
});

test('what is delivered can be carried', () => {
  const link = new Estimated();
  near(link.run(1, { deliveredBps: 20e6 }), 20e6 * 1.035);
});

test('a link that carries nothing keeps the first guess', () => {
  near(new Estimated().run(100, { deliveredBps: 0, sentBps: 0 }), 8e6);
});

test('what was carried fades by a twentieth a second', () => {
  const link = new Estimated();
  link.run(1, { deliveredBps: 10e6 });
  assert.is(link.capacity.provenBps, 10e6);
  link.run(1, { deliveredBps: 0 });
  near(link.capacity.provenBps, 10e6 * 0.995);
  link.nowMs += 99_900;
  link.run(1, { deliveredBps: 0 });
  near(link.capacity.provenBps, 10e6 * 0.995 * 0.95);
});

test('a queue in three tenths in a row cuts it half way to what is delivered', () => {
  const link = new Estimated();
  const queued = { rtt: QUEUED, deliveredBps: 4e6, sentBps: 4e6 };
  near(link.run(2, queued), 8e6);
  near(link.run(1, queued), 6e6);
  near(link.run(1, queued), 5e6);
});

test('a queue in two tenths alone may be a busy machine', () => {
  const link = new Estimated();
  for (let i = 0; i < 5; i += 1) {
    link.run(2, { rtt: QUEUED, deliveredBps: 4e6 });
    link.run(1, { deliveredBps: 4e6 });
  }
  assert.ok(link.capacity.bps >= 8e6);
});

test('a queue counts beyond 40 ms, half the path and the jitter', () => {
  const isCut = (rtt: RttEstimator) => new Estimated().run(3, { rtt, deliveredBps: 4e6 }) < 8e6;
  assert.equal([isCut(rttWith(39)), isCut(rttWith(42))], [false, true]);
  const far = new RttEstimator();
  far.add(200, 1_000);
  for (let i = 0; i < 100; i += 1) far.add(295, 1_000);
  assert.not.ok(isCut(far));
  for (let i = 0; i < 100; i += 1) far.add(305, 1_000);
  assert.ok(isCut(far));
  const uneven = new RttEstimator();
  uneven.add(50, 1_000);
  for (let i = 0; i < 100; i += 1) uneven.add(i % 2 === 0 ? 60 : 250, 1_000);
  assert.not.ok(isCut(uneven));
});

test('a queue that grows fast is no jitter', () => {
  const rtt = new RttEstimator();
  for (let i = 0; i < 100; i += 1) rtt.add(50, 1_000);
  for (let i = 0; i < 6; i += 1) rtt.add(50 + 60 * i, 1_000);
  assert.ok(2 * rtt.deviationMs > rtt.meanMs - rtt.minMs, 'it deviates from its mean by as much');
  const link = new Estimated();
  link.isMeasured = false;
  assert.ok(link.run(3, { rtt, deliveredBps: 4e6 }) < 8e6);
});

test('within one trial it falls to half of what was delivered at its start, and not further', () => {
  const link = new Estimated();
  link.run(3, { rtt: QUEUED, deliveredBps: 4e6, sentBps: 4e6 });
  near(link.run(10, { rtt: QUEUED, deliveredBps: 1e5, sentBps: 1e5 }), 2e6 + 4e6 / 1024);
});

test('no estimate falls below 100 kbit/s', () => {
  const link = new Estimated();
  for (let trial = 0; trial < 20; trial += 1) {
    // It helps, so that each cut stays.
    link.run(10, { rtt: QUEUED, deliveredBps: 1e4, sentBps: 1e4 });
    link.run(1, { rtt: rttWith(10), deliveredBps: 1e4, sentBps: 1e4 });
  }
  assert.ok(link.capacity.bps >= 1e5, `${link.capacity.bps}`);
  assert.ok(link.capacity.bps < 2e5, `${link.capacity.bps}`);
});

test('nothing is concluded while nothing is delivered', () => {
  const link = new Estimated();
  near(link.run(50, { rtt: QUEUED, deliveredBps: 0 }), 8e6);
  assert.not.ok(link.capacity.hasShownLimit(link.nowMs));
});

test('loss beyond two per cent of fifty packets cuts it by a seventh', () => {
  const lossy = (lossRatio: number, sentPackets: number) =>
    new Estimated().run(3, { lossRatio, sentPackets, deliveredBps: 4e6 });
  near(lossy(0.1, 50), 8e6 * 0.85);
  near(lossy(0.1, 49), 8e6);
  near(lossy(0.02, 50), 8e6);
  near(lossy(0.021, 50), 8e6 * 0.85);
});

test('a cut is remembered for eight seconds as a limit, and until the link has outgrown it', () => {
  const link = new Estimated();
  assert.not.ok(link.capacity.hasShownLimit(link.nowMs));
  link.run(3, { rtt: QUEUED, deliveredBps: 4e6 });
  assert.ok(link.capacity.hasShownLimit(link.nowMs + 9_000), 'it has not grown yet');
  link.run(79, { deliveredBps: 8e6, sentBps: 8e6 });
  assert.ok(link.capacity.hasShownLimit(link.nowMs));
  link.run(80, { deliveredBps: 8e6, sentBps: 8e6 });
  assert.not.ok(link.capacity.hasShownLimit(link.nowMs));
});

test('a limit stays while the link carries too little to show another one', () => {
  const link = new Estimated();
  link.run(3, { rtt: QUEUED, deliveredBps: 1e5 });
  const cut = link.capacity.bps;
  const idle = { deliveredBps: 0.2 * cut, sentBps: 0.2 * cut };
  assert.is(link.run(300, idle), cut);
  assert.ok(link.capacity.hasShownLimit(link.nowMs));
  assert.ok(link.run(100, { deliveredBps: 0.3 * cut, sentBps: 0.3 * cut }) > 1.15 * cut);
});

test('a limit that nothing has tested for 45 s gives way slowly, as long as no congestion shows', () => {
  const link = new Estimated();
  link.run(3, { rtt: QUEUED, deliveredBps: 1e5 });
  const cut = link.capacity.bps;
  const trickle = { deliveredBps: 0.01 * cut, sentBps: 0.01 * cut };
  assert.is(link.run(440, trickle), cut);
  const grown = link.run(100, trickle);
  assert.ok(grown > 1.3 * cut && grown < 1.5 * cut, `${grown / cut}`);
  assert.ok(link.capacity.hasShownLimit(link.nowMs));
  link.run(3, { rtt: QUEUED, ...trickle });
  const again = link.capacity.bps;
  assert.is(link.run(440, trickle), again, 'it has shown one again');
  assert.is(link.run(600, { deliveredBps: 0, sentBps: 0 }), again, 'nothing sent shows nothing');
});

for (const jitterMs of [1, 20]) {
  test(`loss by chance beside ${jitterMs} ms of jitter is accepted after one trial`, () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = seededRandom(seed);
      const rtt = new RttEstimator();
      const link = new Estimated();
      link.isMeasured = false;
      const run = (tenths: number, bps: number, lossRatio: number) => {
        for (let i = 0; i < tenths; i += 1) {
          for (let j = 0; j < 5; j += 1) rtt.add(50 + jitterMs * random(), link.nowMs + 20 * j);
          link.run(1, { rtt, deliveredBps: bps, sentBps: bps, lossRatio });
        }
      };
      run(50, 6e6, 0);
      run(3, 6e6, 0.05);
      run(18, 4e6, 0.05);
      assert.not.ok(link.capacity.hasShownLimit(link.nowMs), `seed ${seed}`);
    }
  });
}

test('after a cut it grows with care, and faster the longer it is ago', () => {
  const link = new Estimated();
  link.run(3, { rtt: QUEUED, deliveredBps: 6e6 });
  const cut = link.capacity.bps;
  near(link.run(1, {}), cut * (1 + (0.04 + (0.31 * 100) / 8_000) / 10));
  for (let i = 0; i < 39; i += 1) link.run(1, { deliveredBps: 3e6 });
  const half = link.run(0, {});
  near(link.run(1, {}), Math.min(12e6, half * (1 + (0.04 + (0.31 * 4_100) / 8_000) / 10)));
});

/** A queue that stays although the link was eased: something else causes it. */
function accepted(): Estimated {
  const link = new Estimated();
  link.run(3, { rtt: QUEUED, deliveredBps: 6e6 });
  link.run(16, { rtt: QUEUED, deliveredBps: 3e6, sentBps: 3e6 });
  return link;
}

test('a cut that eased the link and did not help is undone, and that queue is accepted', () => {
  const link = accepted();
  near(link.capacity.bps, 8e6);
  assert.not.ok(link.capacity.hasShownLimit(link.nowMs));
  near(link.capacity.windowBytes(CALM), 1_000 * (50 + 100 + 60) + 12 * 1_400);
  const before = link.capacity.bps;
  assert.ok(link.run(10, { rtt: QUEUED }) >= before);
  assert.ok(
    link.run(10, { rtt: rttWith(300), deliveredBps: 4e6 }) < before,
    'one of 300 ms is not',
  );
});

test('an accepted queue is forgotten slowly once it is gone', () => {
  const link = accepted();
  link.run(1, {});
  near(
    link.capacity.windowBytes(CALM),
    (link.capacity.bps / 8_000) * (50 + 99.5 + 60) + 12 * 1_400,
  );
});

test('a cut that helped stays', () => {
  const link = new Estimated();
  const rtt = rttWith(100);
  link.run(3, { rtt, deliveredBps: 6e6 });
  link.run(6, { rtt, deliveredBps: 3e6, sentBps: 3e6 });
  for (let i = 0; i < 100; i += 1) rtt.add(50 + 60, 1_000);
  link.run(9, { rtt, deliveredBps: 3e6, sentBps: 3e6 });
  const before = link.capacity.bps;
  assert.is(link.run(1, { rtt, deliveredBps: 3e6, sentBps: 3e6 }), before);
  assert.ok(link.capacity.hasShownLimit(link.nowMs));
});

test('a link that carries little is judged by what it measures then, not by an old mean', () => {
  const link = new Estimated();
  const rtt = rttWith(300);
  link.run(3, { rtt, deliveredBps: 1e6, sentBps: 1.5e6 });
  link.isMeasured = false;
  const eased = { rtt, deliveredBps: 5e4, sentBps: 5e4 };
  const before = link.run(25, eased);
  assert.ok(before < 1e6, 'nothing is concluded without a measurement');
  for (let i = 0; i < 3; i += 1) rtt.add(52, 1_000);
  assert.ok(rtt.meanMs - rtt.minMs > 200, 'the mean has hardly changed');
  assert.ok(link.run(1, eased) < 1.02 * before, 'its queue has emptied: the cut helped');
  near(link.capacity.windowBytes(CALM), (link.capacity.bps / 8_000) * (50 + 60) + 12 * 1_400);
});

test('a cut of a link that had its traffic all the same shows nothing', () => {
  const link = new Estimated();
  link.run(3, { rtt: QUEUED, deliveredBps: 6e6 });
  link.run(15, { rtt: QUEUED, deliveredBps: 5e6, sentBps: 5e6 });
  const before = link.capacity.bps;
  assert.is(link.run(1, { rtt: QUEUED, deliveredBps: 5e6, sentBps: 5e6 }), before);
  assert.ok(before < 8e6);
});

test('loss that stays although the link was eased is accepted, more of it is not', () => {
  const link = new Estimated();
  const lossy = { lossRatio: 0.1, deliveredBps: 6e6, sentBps: 6e6 };
  near(link.run(3, lossy), 8e6 * 0.85);
  near(link.run(14, { ...lossy, deliveredBps: 4e6, sentBps: 4e6 }), 8e6 * 0.85);
  near(link.run(2, { ...lossy, deliveredBps: 4e6, sentBps: 4e6 }), 8e6);
  const before = link.capacity.bps;
  assert.ok(link.run(5, { ...lossy, lossRatio: 0.16 }) >= before);
  assert.ok(
    link.run(5, { ...lossy, lossRatio: 0.2, deliveredBps: 4e6 }) < link.capacity.provenBps * 2,
  );
});

test.run();
