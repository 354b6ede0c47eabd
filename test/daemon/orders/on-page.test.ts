/** What guests see of the shop. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { shopOnPage } from '../../../daemon/orders/on-page.ts';
import { article, FIRST_FRAME, MINUTE_MS, openShop, paid, scratchFolder } from './support/shop.ts';

const test = suite('shop on the guests’ page');
const LINK = 'https://shop.example.org/print';

test('guests see what is left and the checkout, and not how much is sold', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [
    article('print', { edition: 3, collector: true, checkout_url: LINK }),
    article('tee', { price: 3000, flash_price: 2000 }),
  ]);
  const [closed] = shopOnPage(shop.service.state(), '/state')?.articles ?? [];
  assert.equal([closed?.isOpen, closed?.left], [false, 3]);
  assert.is(shopOnPage(shop.service.state(), '/state')?.isWindowOver, undefined);
  shop.service.record(FIRST_FRAME);
  await shop.service.take(paid('a'));
  await shop.clock.advance(MINUTE_MS);
  assert.equal(shopOnPage(shop.service.state(), '/state'), {
    articles: [
      {
        ...{ name: 'Article print', price: 2500, currency: 'EUR', isOpen: true },
        ...{ isCollector: true, left: 2, checkoutUrl: LINK },
      },
      { name: 'Article tee', price: 2000, currency: 'EUR', isOpen: true, usualPrice: 3000 },
    ],
    windowLeftMs: 9 * MINUTE_MS,
  });
  await shop.clock.advance(9 * MINUTE_MS);
  const over = shopOnPage(shop.service.state(), '/state');
  assert.equal([over?.windowLeftMs, over?.isWindowOver], [undefined, true]);
  assert.equal([over?.articles[0]?.isOpen, over?.articles[0]?.isCollector], [false, true]);
});

test('nothing is shown where nothing is sold, and no checkout while no order is taken', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [article('print', { checkout_url: LINK })]);
  const state = shop.service.state();
  const fault = { kind: 'damaged', reason: 'line 3' } as const;
  const [shown] = shopOnPage(state && { ...state, fault }, '/state')?.articles ?? [];
  assert.is(shown?.checkoutUrl, undefined);
  shop.catalogue = { ...shop.catalogue, articles: [] };
  assert.is(shopOnPage(shop.service.state(), '/state'), undefined);
});

test('a picture’s relative name begins in the state folder', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [
    article('print', { picture_file: 'pictures/print.jpg' }),
    article('tee', { picture_file: '/media/tee.png' }),
    article('pin'),
  ]);
  const articles = shopOnPage(shop.service.state(), '/state')?.articles ?? [];
  assert.equal(
    articles.map(({ pictureFile }) => pictureFile),
    ['/state/pictures/print.jpg', '/media/tee.png', undefined],
  );
});

test.run();
