/** The bytes of the event spool: rendered, read back, and any other bytes survived. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  parseSegmentHeader,
  renderRecord,
  renderSegmentHeader,
  scanRecords,
} from '../../../../daemon/mqtt/spool/record.ts';

const test = suite('records of the event spool');

test('a header or a record that was written is read back, and any bytes are survived', () => {
  const session = '0123456789abcdef';
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }),
      fc.nat({ max: 2 ** 40 }),
      fc.uint8Array({ maxLength: 40 }),
      (payloads, first, garbage) => {
        const header = renderSegmentHeader({ session, firstSeq: first });
        assert.equal(parseSegmentHeader(header), { session, firstSeq: first });
        const records = payloads.map((bytes, i) => ({
          seq: first + i,
          payload: Buffer.from(bytes),
        }));
        const complete = Buffer.concat(records.map(renderRecord));
        const read = scanRecords(Buffer.concat([complete, Buffer.from(garbage)]));
        assert.equal(read.goodBytes, complete.length);
        assert.equal(
          read.records.map(({ seq, payload }) => ({ seq, payload })),
          records,
        );
        scanRecords(Buffer.from(garbage));
        parseSegmentHeader(Buffer.from(garbage));
      },
    ),
  );
});

test.run();
