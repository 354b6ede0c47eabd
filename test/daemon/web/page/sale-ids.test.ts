/** A sale in cash that is sent again is the same sale, until it has an answer. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openSaleIds } from '../../../../daemon/web/page/ui/sale-ids.ts';

const test = suite('ids of sales in cash');

test('one without an answer keeps its id, and another one, or one later, has its own', () => {
  const { idOf, answered } = openSaleIds();
  const first = idOf('poster 1', 0);
  assert.match(first, /^cash-\w+$/);
  assert.is(idOf('poster 1', 60_000), first);
  assert.is.not(idOf('poster 2', 60_000), first);
  // It was given up, and a buyer of the next hour wants the same.
  assert.is.not(idOf('poster 1', 3_600_000), first);
  const third = idOf('tee 1', 0);
  answered('tee 1');
  assert.is.not(idOf('tee 1', 1), third);
});

test.run();
