/** SRTLA packets as bytes. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  parseSrtla,
  renderReply,
  renderSrtla,
  type SrtlaPacket,
} from '../../../../pipelines/bond/wire/packet.ts';

const test = suite('SRTLA packets');

/** fast-check's records lack a prototype now and then; packets never do. */
const record = <T extends object>(model: { [Key in keyof T]: fc.Arbitrary<T[Key]> }) =>
  fc.record(model, { noNullPrototype: true });

const u32 = fc.nat({ max: 0xffff_ffff });
const i32 = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
const id = fc.uint8Array({ minLength: 256, maxLength: 256 }).map((bytes) => Buffer.from(bytes));
const telemetry = record({
  connectionId: u32,
  window: i32,
  inFlight: i32,
  rttMs: u32,
  nakTotal: u32,
  bytesPerS: u32,
});
const timeMs = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const packet: fc.Arbitrary<SrtlaPacket> = fc.oneof(
  fc.constant({ kind: 'keepalive' } as const),
  record({ kind: fc.constant('keepalive' as const), timeMs }),
  record({ kind: fc.constant('keepalive' as const), timeMs, telemetry }),
  record({
    kind: fc.constant('ack' as const),
    sequences: fc.array(fc.nat({ max: 0x7fff_ffff }), { minLength: 10, maxLength: 10 }),
  }),
  record({ kind: fc.constantFrom('reg1' as const, 'reg2' as const), id }),
  record({
    kind: fc.constantFrom(
      'reg3' as const,
      'reg-err' as const,
      'no-group' as const,
      'reg-nak' as const,
    ),
  }),
);

test('rendered packets are parsed to the same', () => {
  fc.assert(fc.property(packet, (one) => assert.equal(parseSrtla(renderSrtla(one)), one)));
});

test('each packet has the length that other programs expect', () => {
  const lengthOf = (one: SrtlaPacket) => renderSrtla(one).length;
  assert.is(lengthOf({ kind: 'keepalive' }), 2);
  assert.is(lengthOf({ kind: 'keepalive', timeMs: 5 }), 10);
  assert.is(lengthOf({ kind: 'ack', sequences: Array.from({ length: 10 }, () => 1) }), 44);
  assert.is(lengthOf({ kind: 'reg1', id: Buffer.alloc(256) }), 258);
  assert.is(lengthOf({ kind: 'reg3' }), 2);
});

test('an extended keepalive has the 38-byte layout that irlserver/srtla reads', () => {
  const rendered = renderSrtla({
    kind: 'keepalive',
    timeMs: 0x1_0000_0002,
    telemetry: { connectionId: 1, window: 20, inFlight: -1, rttMs: 50, nakTotal: 3, bytesPerS: 4 },
  });
  const expected =
    '9000 0000000100000002 c01f 0001 00000001 00000014 ffffffff 00000032 00000003 00000004';
  assert.is(rendered.toString('hex'), expected.replaceAll(' ', ''));
});

test('short replies that a receiver padded to 32 bytes are read by their type', () => {
  for (const kind of ['reg3', 'reg-err', 'no-group', 'reg-nak'] as const) {
    const padded = Buffer.alloc(32);
    renderSrtla({ kind }).copy(padded);
    assert.equal(parseSrtla(padded), { kind });
  }
});

test('a truncated registration is refused', () => {
  assert.is(
    parseSrtla(renderSrtla({ kind: 'reg2', id: Buffer.alloc(256) }).subarray(0, 257)),
    undefined,
  );
});

test('any bytes are parsed or refused, and an ACK never grows beyond ten numbers', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 2000 }),
    fc
      .tuple(fc.constantFrom(0x90, 0x91, 0x92), fc.uint8Array({ maxLength: 400 }))
      .map(([first, rest]) => Uint8Array.from([first, ...rest])),
  );
  fc.assert(
    fc.property(bytes, (some) => {
      const parsed = parseSrtla(Buffer.from(some));
      if (parsed?.kind === 'ack') assert.ok(parsed.sequences.length <= 10);
    }),
  );
});

test('a relay pads its short replies to 32 bytes, which read as before', () => {
  const reply = renderReply({ kind: 'reg3' });
  assert.is(reply.length, 32);
  assert.equal(parseSrtla(reply), { kind: 'reg3' });
  assert.is(renderReply({ kind: 'reg2', id: Buffer.alloc(256) }).length, 258);
});

test.run();
