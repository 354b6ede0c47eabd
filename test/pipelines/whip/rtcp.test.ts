/** What a publisher is told, read by those who read it, and its reports. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseFeedback, renderSenderReport } from '../../../pipelines/whep/rtcp.ts';
import { isRtcp } from '../../../pipelines/whip/packet.ts';
import { ReceptionCount } from '../../../pipelines/whip/reception.ts';
import { parseReports, renderFeedback } from '../../../pipelines/whip/rtcp.ts';

const test = suite('RTCP of a receiver');

test('what is asked for is read as it was meant, whatever is missing', () => {
  const sequences = fc
    .uniqueArray(fc.nat(300), { minLength: 1, maxLength: 64 })
    .chain((offsets) =>
      fc
        .nat(65_535)
        .map((first) => offsets.toSorted((a, b) => a - b).map((one) => (first + one) & 0xffff)),
    );
  fc.assert(
    fc.property(sequences, fc.integer({ min: 1, max: 30_000_000 }), (missing, bps) => {
      const packet = renderFeedback({
        ssrc: 1,
        receptions: [{ ssrc: 7, lostOf256: 64, lostTotal: 9, highest: 0x1_0005, jitterTicks: 3 }],
        asked: [{ ssrc: 7, sequences: missing }],
        broken: [7],
        limit: { bps, ssrcs: [7] },
      });
      assert.ok(isRtcp(packet));
      const read = parseFeedback(packet);
      assert.equal(read.missing, [{ ssrc: 7, sequences: missing }]);
      assert.equal([...read.broken], [7]);
      assert.is(read.lost.get(7), 0.25);
      assert.ok(Math.abs((read.estimateBps ?? 0) - bps) <= bps / 1e5 + 1);
    }),
    { seed: 17, numRuns: 300 },
  );
});

test('a sender report says when its time stamp was', () => {
  const report = renderSenderReport({
    ...{ ssrc: 5, wallMs: 1_700_000_000_250, timestamp: 9_000, packetsTotal: 1, bytesTotal: 1 },
    cname: 'phone',
  });
  const [read] = parseReports(report);
  assert.is(read?.ssrc, 5);
  assert.is(read?.timestamp, 9_000);
  assert.ok(Math.abs((read?.wallUs ?? 0) - 1_700_000_000_250_000) < 2);
});

test('any bytes are read without harm', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      parseReports(Buffer.from(bytes));
      const report = Buffer.concat([Buffer.from([0x80, 200, 0, 6]), Buffer.from(bytes)]);
      parseReports(report);
    }),
    { seed: 17, numRuns: 500 },
  );
});

test('losses are counted over each report, and in all', () => {
  const count = new ReceptionCount(7, 90);
  assert.is(count.take(undefined, 0), undefined);
  for (const highest of [100, 101, 102, 103]) count.add(0, highest, 0);
  const first = count.take(103, 0);
  assert.is(first?.lostOf256, 0);
  for (const highest of [104, 107]) count.add(0, highest, 0);
  const second = count.take(107, 1_000);
  assert.is(second?.lostOf256, 128);
  assert.is(second?.lostTotal, 2);
  assert.is(second?.last, undefined);
  count.setReport({ ssrc: 7, wallUs: 0, timestamp: 0, id: 0xabcd }, 1_200);
  assert.equal(count.take(107, 1_500)?.last, { id: 0xabcd, agoMs: 300 });
});

test.run();
