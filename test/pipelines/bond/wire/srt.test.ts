/** What the bond reads of SRT packets. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sequenceAfter, sequenceDistance } from '../../../../pipelines/bond/wire/sequence.ts';
import * as srt from '../../../../pipelines/bond/wire/srt.ts';
import { control, data, handshake } from '../support/simulated-srt.ts';

const test = suite('SRT headers');

const sequence = fc.nat({ max: 0x7fff_ffff });

test('sequence numbers compare across the wrap', () => {
  assert.is(sequenceDistance(0x7fff_ffff, 0), 1);
  assert.is(sequenceDistance(0, 0x7fff_ffff), -1);
  fc.assert(
    fc.property(sequence, fc.integer({ min: -0x3fff_ffff, max: 0x3fff_ffff }), (from, by) => {
      assert.is(sequenceDistance(from, sequenceAfter(from, by)), by);
    }),
  );
});

test('data and control packets differ by the first bit', () => {
  assert.ok(srt.isSrtData(data(7)));
  assert.is(srt.readSequence(data(0x7fff_ffff)), 0x7fff_ffff);
  assert.not.ok(srt.isSrtData(control(srt.SRT_ACK, 1)));
  assert.is(srt.readControlType(control(srt.SRT_NAK, 0)), srt.SRT_NAK);
  assert.is(srt.readControlType(data(7)), -1);
});

test('marking a retransmission changes nothing but its flag', () => {
  const packet = data(9);
  const before = Buffer.from(packet);
  srt.markRetransmission(packet);
  assert.ok(srt.isRetransmission(packet));
  assert.not.ok(srt.isRetransmission(before));
  before.writeUInt8((before[4] ?? 0) | 0x04, 4);
  assert.ok(packet.equals(before));
});

test('rendered NAK ranges are parsed to the same', () => {
  const range = fc
    .tuple(sequence, fc.nat({ max: 1000 }))
    .map(([first, span]) => ({ first, last: sequenceAfter(first, span) }));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 50 }), (ranges) => {
      assert.equal(srt.parseNak(srt.renderNak(control(srt.SRT_NAK, 0), ranges)), ranges);
    }),
  );
});

test('a NAK cannot name more than its bytes allow', () => {
  const lie = { first: 5, last: sequenceAfter(5, srt.MAX_NAK_SPAN) };
  assert.equal(srt.parseNak(srt.renderNak(control(srt.SRT_NAK, 0), [lie])), []);
  const backwards = { first: 9, last: 5 };
  assert.equal(srt.parseNak(srt.renderNak(control(srt.SRT_NAK, 0), [backwards])), []);
});

test('the latency is read from a version 5 handshake and from no other', () => {
  assert.is(srt.readLatencyMs(handshake(1200)), 1200);
  assert.is(srt.readLatencyMs(control(srt.SRT_HANDSHAKE, 0)), undefined);
});

test('any bytes are read without an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (some) => {
      const packet = Buffer.from(some);
      srt.readControlType(packet);
      srt.readAcked(packet);
      srt.readLatencyMs(packet);
      assert.ok(srt.parseNak(packet).length <= 500);
    }),
  );
});

test.run();
