/** Orders for the drop that has just ended: a guest at the checkout can still pay. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { shopOnPage } from '../../../daemon/orders/on-page.ts';
import { article, openShop, paid, reserve, scratchFolder } from './support/shop.ts';

const test = suite('orders for the drop that has just ended');

const FRIDAY = [
  article('print', { edition: 3, checkout_url: 'https://shop.example/print' }),
  article('both', { price: 1000 }),
];
const SUNDAY = [article('tee', { price: 3000 }), article('both', { price: 9000 })];
const LAST = { drop: 'sunday', articles: SUNDAY, last: { drop: 'friday', articles: FRIDAY } };

test('it is numbered in its own edition, and nothing is owed', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, FRIDAY);
  await shop.service.take(paid('a'));
  await shop.service.take(reserve('b'));
  shop.catalogue = LAST;
  const late = [await shop.service.take(paid('b')), await shop.service.take(paid('c'))];
  assert.equal(
    late.map((one) => one.status === 'confirmed' && one.numbers),
    [[2], [3]],
  );
  await shop.announced();
  assert.equal(
    shop.confirmed.map(({ drop }) => drop),
    ['friday', 'friday', 'friday'],
  );
  assert.is((await shop.service.take(paid('d'))).status, 'refused', 'none is left');
  assert.is(shop.service.state()?.totals.refunds, 1);
  // The time is over.
  shop.catalogue = { drop: 'sunday', articles: SUNDAY };
  const tooLate = await shop.service.take(paid('e'));
  assert.ok(tooLate.status === 'refused' && tooLate.reason === 'closed' && tooLate.isPaid);
});

test('an item of both is one of the drop that has ended, and the next one can be paid as well', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, []);
  shop.catalogue = LAST;
  const amounts = [];
  for (const item of ['both', 'tee']) {
    const outcome = await shop.service.take(paid(item, item));
    amounts.push(outcome.status === 'confirmed' && outcome.amount);
  }
  assert.equal(amounts, [1000, 3000]);
});

test('guests see that the sale is over, without a way to the checkout', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, FRIDAY);
  const shown = () => shopOnPage(shop.service.state(), '/');
  assert.ok(shown()?.articles[0]?.checkoutUrl);
  shop.catalogue = LAST;
  const [print, ...others] = shown()?.articles ?? [];
  assert.equal([print?.name, print?.checkoutUrl, others.length], ['Article print', undefined, 1]);
  assert.ok(shown()?.isOver);
  assert.is(shop.service.state()?.drop, 'friday');
});

test.run();
