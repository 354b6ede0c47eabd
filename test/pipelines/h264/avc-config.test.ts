/** Parameter sets apart from the access units. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readAvcConfig } from '../../../pipelines/h264/avc-config.ts';

const test = suite('decoder configurations of H.264');

const anySets = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 });

/** ISO/IEC 14496-15 §5.3.3.1. */
function configOf(lengthBytes: number, sps: readonly Uint8Array[], pps: readonly Uint8Array[]) {
  const list = (mark: number, sets: readonly Uint8Array[]) => [
    Buffer.from([mark | sets.length]),
    ...sets.flatMap((set) => [Buffer.from([0, set.length]), Buffer.from(set)]),
  ];
  const head = Buffer.from([1, 0x4d, 0x40, 0x1f, 0xfc | (lengthBytes - 1)]);
  return Buffer.concat([head, ...list(0xe0, sps), ...list(0, pps)]);
}

test('parameter sets are read in their order; one that is cut off anywhere is none', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), anySets, anySets, (lengthBytes, sps, pps) => {
      const config = configOf(lengthBytes, sps, pps);
      assert.equal(readAvcConfig(config), {
        lengthBytes,
        parameterSets: [...sps, ...pps].map((set) => Buffer.from(set)),
      });
      for (let end = 0; end < config.length; end += 1) {
        assert.is(readAvcConfig(config.subarray(0, end)), undefined);
      }
    }),
    { seed: 17, numRuns: 50 },
  );
});

test('any bytes are read, or are none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const config = readAvcConfig(Buffer.from(bytes));
      assert.ok(config === undefined || config.lengthBytes <= 4);
    }),
    { seed: 17 },
  );
});

test.run();
