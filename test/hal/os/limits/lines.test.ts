/** Lines and requests of the control socket, from any bytes. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseRequest } from '../../../../daemon/cli/control/protocol.ts';
import { LineReader } from '../../../../hal/os/limits/lines.ts';

const test = suite('lines of the control socket');

test('lines come out as they went in, however they were cut', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.integer({ min: 1, max: 9 })), (texts, cuts) => {
      const lines = texts.map((text) => text.replaceAll('\n', ' '));
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const reader = new LineReader(10_000);
      const seen: string[] = [];
      let from = 0;
      for (let i = 0; from < bytes.length; i += 1) {
        const size = cuts[i % Math.max(1, cuts.length)] ?? 5;
        seen.push(...reader.push(bytes.subarray(from, from + size)));
        from += size;
      }
      assert.equal(
        seen,
        lines.map((line) => Buffer.from(line).toString('utf8')),
      );
    }),
  );
});

test('any text is a request or a reason', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const request = parseRequest(text);
      assert.ok(typeof request === 'string' ? request.length > 0 : 'ask' in request);
    }),
  );
});

test.run();
