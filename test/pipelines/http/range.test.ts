/** The Range header of RFC 9110. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseRange } from '../../../pipelines/http/range.ts';

const test = suite('byte ranges');

test('a range is parsed by RFC 9110, for any text', () => {
  assert.equal(parseRange('bytes=0-0', 10), { type: 'part', from: 0, to: 0 });
  assert.equal(parseRange('bytes=5-', 10), { type: 'part', from: 5, to: 9 });
  assert.equal(parseRange('bytes=-3', 10), { type: 'part', from: 7, to: 9 });
  assert.equal(parseRange('bytes=-30', 10), { type: 'part', from: 0, to: 9 });
  assert.equal(parseRange('bytes=5-99', 10), { type: 'part', from: 5, to: 9 });
  assert.equal(parseRange('bytes=10-', 10), { type: 'unsatisfiable' });
  assert.equal(parseRange('bytes=-0', 10), { type: 'unsatisfiable' });
  for (const odd of [undefined, 'bytes=', 'bytes=-', 'bytes=5-2', 'bytes=0-1,3-4', 'lines=0-1']) {
    assert.equal(parseRange(odd, 10), { type: 'complete' });
  }
  fc.assert(
    fc.property(fc.string(), fc.nat(), (range, bytes) => {
      const answer = parseRange(`bytes=${range}`, bytes);
      if (answer.type === 'part')
        assert.ok(answer.from >= 0 && answer.from <= answer.to && answer.to < bytes);
    }),
  );
});

test.run();
