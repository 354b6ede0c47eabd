/** Tests of the GPIO character device's structures. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  EVENT_BYTES,
  type LineConfig,
  parseEvents,
  parseLineInfo,
  renderLineRequest,
} from '../../../hal/gpio/uapi.ts';

const test = suite('GPIO character device structures');

const input = (offset: number, debounceUs: number, isActiveLow = false): LineConfig => ({
  offset,
  isActiveLow,
  use: { as: 'input', bias: 'pull-up', debounceUs },
});

test('a request carries offsets, consumer, count and event buffer where gpio.h has them', () => {
  const bytes = renderLineRequest([input(17, 0), input(27, 0)], 'venuebox', 256);
  assert.is(bytes.length, 592);
  assert.equal([bytes.readUInt32LE(0), bytes.readUInt32LE(4), bytes.readUInt32LE(8)], [17, 27, 0]);
  assert.is(bytes.toString('latin1', 256, 265), 'venuebox\0');
  assert.equal([bytes.readUInt32LE(560), bytes.readUInt32LE(564)], [2, 256]);
});

test('lines of one kind share an attribute; debounce is one of its own, with their mask', () => {
  const lines = [input(17, 20_000), input(27, 20_000, true), input(5, 0)];
  const bytes = renderLineRequest(lines, 'x', 0);
  const attrs = Array.from({ length: bytes.readUInt32LE(296) }, (_, index) => {
    const at = 320 + index * 24;
    const value = Number(bytes.readBigUInt64LE(at + 8));
    return [bytes.readUInt32LE(at), value, Number(bytes.readBigUInt64LE(at + 16))];
  });
  // Input, both edges, pull-up: 4 + 16 + 32 + 256; active-low adds 2.
  assert.equal(attrs, [
    [1, 308, 0b101],
    [3, 20_000, 0b011],
    [1, 310, 0b010],
  ]);
});

test('more kinds of line than the kernel has attributes are refused', () => {
  const lines = Array.from({ length: 10 }, (_, offset) => input(offset, 1000 * (offset + 1)));
  assert.throws(() => renderLineRequest(lines, 'x', 0), /more than 10/);
});

test('events are parsed in order and a cut one is left out', () => {
  const bytes = Buffer.alloc(EVENT_BYTES * 2 + 7);
  bytes.writeBigUInt64LE(1_500_000n, 0);
  bytes.writeUInt32LE(1, 8);
  bytes.writeUInt32LE(17, 12);
  bytes.writeUInt32LE(1, 16);
  bytes.writeUInt32LE(2, 48 + 8);
  bytes.writeUInt32LE(2, 48 + 16);
  assert.equal(parseEvents(bytes), [
    { atNs: 1_500_000n, isActive: true, offset: 17, sequence: 1 },
    { atNs: 0n, isActive: false, offset: 0, sequence: 2 },
  ]);
});

test('any bytes of the kernel parse', async () => {
  await fc.assert(
    fc.property(fc.uint8Array({ minLength: 256, maxLength: 256 }), (bytes) => {
      const { name, consumer } = parseLineInfo(Buffer.from(bytes));
      assert.ok(name.length <= 32 && consumer.length <= 32);
      assert.is(parseEvents(Buffer.from(bytes)).length, 5);
    }),
  );
});

test.run();
