/** Why a release cannot be fetched, in words that say what to do. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { causeOf } from '../../../daemon/update/source.ts';

const test = suite('where a release comes from');

test('a certificate that is not valid today is told with the day that the box believes in', () => {
  const today = new Date('2026-05-01T00:00:00Z');
  for (const code of ['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED']) {
    const cause = Object.assign(new Error('certificate is not valid'), { code });
    const said = causeOf(new TypeError('fetch failed', { cause }), today);
    assert.match(said, 'certificate is not valid; the box’s clock says 2026-05-01');
    assert.match(said, 'time server');
  }
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  assert.is(causeOf(new TypeError('fetch failed', { cause }), today), 'connect ECONNREFUSED');
});

test.run();
