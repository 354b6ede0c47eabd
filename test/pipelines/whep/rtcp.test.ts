/** RTCP of viewers, and for them. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseFeedback, renderSenderReport, roundTripMs } from '../../../pipelines/whep/rtcp.ts';

const test = suite('RTCP');

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

test('a report names one moment by the clock and by the track, and its sender', () => {
  const report = renderSenderReport({
    ssrc: 0x01020304,
    wallMs: 1_500,
    timestamp: 90,
    packetsTotal: 3,
    bytesTotal: 4,
    cname: 'box',
  });
  const sender = '80c80006 01020304 83aa7e81 80000000 0000005a 00000003 00000004';
  assert.is(
    report.toString('hex'),
    `${sender}81ca000301020304 0103626f78000000`.replaceAll(' ', ''),
  );
});

test('losses, missing packets, a broken picture and an estimate are read from one packet', () => {
  const report = '81c90007 00000001 00000009 40000000 00000000 00000000 00000000 00000000';
  const nack = '81cd0003 00000001 00000009 ffff0003';
  const pli = '81ce0002 00000001 00000009';
  const fir = '84ce0004 00000001 00000000 0000000a 01000000';
  const remb = '8fce0005 00000001 00000000 52454d42 01 0bd090 00000009';
  const read = parseFeedback(hex(report + nack + pli + fir + remb));
  assert.equal([...read.lost], [[9, 0.25]]);
  assert.equal(read.missing, [{ ssrc: 9, sequences: [65_535, 0, 1] }]);
  assert.equal([...read.broken], [9, 10]);
  assert.is(read.estimateBps, 0x3d090 * 4);
});

/** A receiver report about track 9: it has had a sender report for so long. */
function reportOn(sentTicks: number, heldTicks: number): Buffer {
  const report = hex('81c90007 00000001 00000009 00000000 00000000 00000000 00000000 00000000');
  report.writeUInt32BE(sentTicks, 24);
  report.writeUInt32BE(heldTicks, 28);
  return report;
}

test('a report that repeats a sender report says how long both were under way', () => {
  const sentMs = fc.integer({ min: 0, max: 4e12 });
  const tripMs = fc.integer({ min: 0, max: 9_000 });
  const property = fc.property(sentMs, fc.integer({ min: 0, max: 60_000 }), tripMs, (...given) => {
    const [atMs, heldMs, wanted] = given;
    const sent = { ssrc: 9, wallMs: atMs, timestamp: 0, packetsTotal: 0, bytesTotal: 0, cname: '' };
    const sentTicks = renderSenderReport(sent).readUInt32BE(10);
    if (sentTicks === 0) return;
    const report = reportOn(sentTicks, Math.round(heldMs * 65.536));
    const echo = parseFeedback(report).echoes.get(9);
    const found = echo && roundTripMs(echo, atMs + heldMs + wanted);
    assert.ok(found !== undefined && Math.abs(found - wanted) < 1, `${found}, not ${wanted}`);
  });
  fc.assert(property, { seed: 4, numRuns: 500 });
});

test('before the first sender report, and of one that was never sent, it says nothing', () => {
  assert.is(parseFeedback(reportOn(0, 0)).echoes.size, 0);
  assert.is(roundTripMs({ sentTicks: 500 * 65_536, heldTicks: 0 }, 0), undefined);
  assert.is(roundTripMs({ sentTicks: 1, heldTicks: 0xffff_ffff }, 1e12), undefined);
});

test('whoever asks for more packets than are sent again is not read to its end', () => {
  const nack = Buffer.alloc(1_400, 0xff);
  nack.set(hex('81cd 0000 00000001 00000009'));
  nack.writeUInt16BE(nack.length / 4 - 1, 2);
  const [asked] = parseFeedback(nack).missing;
  assert.ok((asked?.sequences.length ?? 0) < 320, `${asked?.sequences.length}`);
});

test('any bytes are read', () => {
  const start = fc.constantFrom('81c8', '81c9', '9fc9', '81cd', '81ce', '84ce', '8fce');
  const part = fc.tuple(start, fc.integer({ min: 0, max: 8 }), fc.uint8Array({ maxLength: 40 }));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
      const bytes = parts.map(([first, words, rest]) =>
        Buffer.concat([hex(first), Buffer.from([0, words]), rest]),
      );
      const { missing } = parseFeedback(Buffer.concat(bytes));
      assert.ok(missing.every(({ sequences }) => sequences.every((one) => one <= 0xffff)));
    }),
    { seed: 17, numRuns: 500 },
  );
});

test.run();
