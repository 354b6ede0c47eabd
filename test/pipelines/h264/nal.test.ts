/** NAL units of an access unit. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { splitNals } from '../../../pipelines/h264/nal.ts';

const test = suite('NAL units of an access unit');

test('a unit beyond the end is left out, with all behind it', () => {
  const unit = Buffer.from([0, 2, 0x65, 9, 0, 3, 0x41, 1]);
  assert.equal(splitNals(unit, 2), [Buffer.from([0x65, 9])]);
});

test('any bytes are split into units, or into none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.integer({ min: 1, max: 4 }), (bytes, size) => {
      const nals = splitNals(Buffer.from(bytes), size);
      assert.ok(nals.every(({ length }) => length > 0));
    }),
    { seed: 17 },
  );
});

test.run();
