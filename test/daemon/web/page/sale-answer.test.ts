/** What the person at the counter reads once the box has answered a sale in cash. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArticleState } from '../../../../daemon/model/orders.ts';
import { describeSale } from '../../../../daemon/web/page/sections/shop.ts';

const test = suite('answer to a sale in cash');

const PRINT: ArticleState = {
  ...{ id: 'print', name: 'Print', price: 2500, currency: 'EUR', sold: 0, pending: 0, left: 9 },
  ...{ isOpen: true, isCollector: false },
};

test('a sale that the box has already from a request without an answer is not called a new one', () => {
  const answer = (isRepeat: boolean) => {
    const result = { numbers: [7], amount: 2500, isRepeat };
    return describeSale(PRINT, { quantity: 1, name: '' }, { status: 'done', detail: '', result });
  };
  assert.match(answer(false), /^Print sold, number 7\. Take .*25.*\.$/);
  assert.match(answer(true), /^Print sold, number 7\..*had no answer before.*press Sell again\.$/);
});

test.run();
