/** H.264 in RTP packets. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  PACKET_MAX_BYTES,
  PAYLOAD_MAX_BYTES,
  packetize,
  writePacket,
} from '../../../pipelines/whep/rtp.ts';
import { unitOf } from '../../support/media/whep-offers.ts';

const test = suite('RTP packets of H.264');

const [SPS, PPS] = [Buffer.from([0x67, 1, 2, 3]), Buffer.from([0x68, 4])];
const FORMAT = { lengthBytes: 4, parameterSets: [SPS, PPS] };

/** As a receiver puts payloads together again (RFC 6184 §5.8). */
function joinPayloads(payloads: readonly Buffer[]): readonly Buffer[] {
  const nals: Buffer[] = [];
  for (const payload of payloads) {
    const [first = 0, second = 0] = payload;
    if ((first & 0x1f) !== 28) nals.push(payload);
    else if ((second & 0x80) !== 0) {
      nals.push(
        Buffer.concat([Buffer.from([(first & 0xe0) | (second & 0x1f)]), payload.subarray(2)]),
      );
    } else nals.push(Buffer.concat([nals.pop() ?? Buffer.alloc(0), payload.subarray(2)]));
  }
  return nals;
}

const anyNal = fc
  .tuple(fc.constantFrom(0x41, 0x61, 0x65, 0x06), fc.uint8Array({ minLength: 1, maxLength: 6_000 }))
  .map(([header, body]) => Buffer.concat([Buffer.from([header]), body]));

test('a receiver gets the NAL units that were sent, in packets that fit into any network', () => {
  fc.assert(
    fc.property(fc.array(anyNal, { minLength: 1, maxLength: 6 }), (nals) => {
      const payloads = packetize(unitOf(...nals), FORMAT);
      assert.ok(payloads.every(({ length }) => length <= PAYLOAD_MAX_BYTES));
      const isKeyframe = nals.some(([header = 0]) => (header & 0x1f) === 5);
      const sent = isKeyframe ? [SPS, PPS, ...nals] : nals;
      assert.equal(joinPayloads(payloads), sent);
    }),
    { seed: 17, numRuns: 100 },
  );
});

test('parameter sets that are in the key frame already are not sent twice', () => {
  const idr = Buffer.from([0x65, 9]);
  assert.equal(packetize(unitOf(SPS, PPS, idr), FORMAT), [SPS, PPS, idr]);
});

test('delimiters are left out', () => {
  assert.equal(packetize(unitOf(Buffer.from([9, 0x10]), Buffer.from([0x41, 1])), FORMAT), [
    Buffer.from([0x41, 1]),
  ]);
});

test('a packet says when it was sent, where the viewer takes that', () => {
  const packet = Buffer.alloc(PACKET_MAX_BYTES);
  const header = {
    payloadType: 107,
    isMarked: true,
    sequence: 65_537,
    timestamp: 2 ** 32 - 1,
    ssrc: 7,
  };
  const plain = writePacket(packet, { ...header, sendTimeId: undefined, sentMs: 0 }, SPS);
  assert.is(packet.toString('hex', 0, plain), '80eb0001ffffffff0000000767010203');
  const timed = writePacket(packet, { ...header, sendTimeId: 2, sentMs: 64_500 }, SPS);
  assert.is(packet.toString('hex', 0, timed), '90eb0001ffffffff00000007bede00012202000067010203');
});

test.run();
