/** The format of pushed streams. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { recordOf } from '../../../pipelines/push/records.ts';
import { InvalidRecord, RecordReader } from '../../../pipelines/push/wire/reader.ts';
import {
  HEADER_BYTES,
  KINDS,
  PAYLOAD_MAX_BYTES,
  type RecordHeader,
  readHeader,
  TRACKS,
  writeHeader,
} from '../../../pipelines/push/wire/record.ts';

const test = suite('records of a pushed stream');

const headers: fc.Arbitrary<RecordHeader> = fc.record(
  {
    payloadBytes: fc.nat({ max: 2_000 }),
    kind: fc.constantFrom(...KINDS),
    track: fc.constantFrom(...TRACKS),
    isStart: fc.boolean(),
    isDiscontinuity: fc.boolean(),
    part: fc.nat({ max: 2 ** 32 - 1 }),
    durationUs: fc.nat({ max: 2 ** 32 - 1 }),
    msn: fc.nat({ max: 10 ** 15 }),
    dateMs: fc.double({ min: 0, max: 1e14, noNaN: true }),
    initId: fc.stringMatching(/^[\w-]{0,16}$/),
  },
  { noNullPrototype: true },
);

test('a header is read as it was written', () => {
  fc.assert(
    fc.property(headers, (header) => {
      const view = new DataView(new ArrayBuffer(HEADER_BYTES));
      writeHeader(view, header);
      assert.equal(readHeader(view), header);
    }),
  );
});

test('records are found however their bytes are cut up', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(headers, { maxLength: 6 }), cuts, (wanted, sizes) => {
      const sent = wanted.map(({ payloadBytes, ...header }, i) =>
        recordOf(header, payloadBytes, () => Buffer.alloc(payloadBytes, i + 1)).bytes(),
      );
      const all = Buffer.concat(sent);
      const reader = new RecordReader();
      const found: Buffer[] = [];
      for (let at = 0, i = 0; at < all.length; i += 1) {
        const size = sizes[i % sizes.length] ?? 1;
        for (const { bytes } of reader.add(all.subarray(at, at + size), i)) {
          found.push(Buffer.from(bytes));
        }
        at += size;
      }
      assert.is(found.length, sent.length);
      assert.ok(found.every((bytes, i) => bytes.equals(sent[i] as Buffer)));
    }),
  );
});

test('a record says when its first byte came', () => {
  const bytes = recordOf({ kind: 'media' }, 10, () => Buffer.alloc(10)).bytes();
  const reader = new RecordReader();
  assert.equal(reader.add(bytes.subarray(0, 1), 100), []);
  assert.equal(reader.add(bytes.subarray(1, 50), 200), []);
  assert.is(reader.add(bytes.subarray(50), 300)[0]?.begunMs, 100);
});

test('any other bytes are refused, and no size makes it reserve more memory than a record has', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: HEADER_BYTES, maxLength: 200 }), (bytes) => {
      try {
        for (const { header } of new RecordReader().add(bytes, 0)) {
          assert.ok(header.payloadBytes <= PAYLOAD_MAX_BYTES);
        }
      } catch (error) {
        assert.instance(error, InvalidRecord);
      }
    }),
  );
  const tooLarge = new DataView(new ArrayBuffer(HEADER_BYTES));
  const { header } = recordOf({ kind: 'media' }, 0, () => Buffer.alloc(0));
  const add = () => new RecordReader().add(new Uint8Array(tooLarge.buffer), 0);
  writeHeader(tooLarge, { ...header, payloadBytes: PAYLOAD_MAX_BYTES + 1 });
  assert.throws(add, /not a pushed/);
  // It would be kept for as long as the stream goes on.
  writeHeader(tooLarge, { ...header, kind: 'init', payloadBytes: 1_000_000 });
  assert.throws(add, /not a pushed/);
});

test('all clients get the same buffer', () => {
  let rendered = 0;
  const record = recordOf({ kind: 'media' }, 3, () => {
    rendered += 1;
    return Buffer.from('abc');
  });
  assert.is(record.bytes(), record.bytes());
  assert.is(rendered, 1);
});

test.run();
