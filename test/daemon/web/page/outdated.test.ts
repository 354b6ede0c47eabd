/** When the operator's page is loaded again by itself. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isOutdated } from '../../../../daemon/web/page/ui/model.ts';

const test = suite('outdated page');

const served = (version: string, port: number, tlsPort?: number) => ({
  view: { version },
  viewers: { port, ...(tlsPort !== undefined && { tlsPort }) },
});

test('a page is outdated by another version of the box, and by viewers on another port', () => {
  const first = served('1.2.0', 8080, 8443);
  assert.not.ok(isOutdated(first, served('1.2.0', 8080, 8443)));
  for (const now of [
    ...[served('1.3.0', 8080, 8443), served('1.2.0', 8090, 8443)],
    ...[served('1.2.0', 8080, 8444), served('1.2.0', 8080)],
  ]) {
    assert.ok(isOutdated(first, now));
  }
});

test.run();
