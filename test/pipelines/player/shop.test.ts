/** What is sold, on the guests' page in a real browser: its picture, and the checkout's code. */
import jsqr from 'jsqr';
import sharp from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_PROGRESS, type ShopOnPage } from '../../../pipelines/player/drop-json.ts';
import { en } from '../../../pipelines/player/text/en.ts';
import { until } from '../../support/box.ts';
import { serveScene } from '../../support/browser/guest-scenes.ts';
import { shareChromium, waitInPage } from '../../support/chromium.ts';

const test = suite('shop on the guests’ page, in a browser');
const chromium = shareChromium();
test.after(() => chromium.close());

const LINK = 'https://shop.example.org/poster?from=screen';
// Its types are of an ES module, and it is none.
const readCode = jsqr as unknown as typeof jsqr.default;

test('another phone reads the checkout off the page, also while the count of pieces changes', async () => {
  let left = 3;
  const shopNow = () => ({
    articles: [
      {
        ...{ name: 'Poster', price: 2500, currency: 'EUR', isOpen: true, left },
        ...{ picture: 'posters/live-320', checkoutUrl: LINK },
      },
      { name: 'Tee', price: 2000, currency: 'EUR', isOpen: true, left: 0, checkoutUrl: LINK },
    ],
  });
  const progress = {
    ...NO_PROGRESS,
    get shop() {
      return shopNow();
    },
  };
  const scene = { path: '', startsAt: '', progress, script: '', isShown: '' };
  using served = await serveScene(scene);
  await using browser = await chromium.open({ width: 360, height: 740 });
  const page = await browser.open(served.url);
  await waitInPage(page, 'document.querySelectorAll("#shop-list li").length === 2');
  const codes = 'document.querySelectorAll("#shop-list details").length';
  assert.is(await page.evaluate(codes), 1, 'what is sold out has none');
  await waitInPage(page, 'document.querySelector("#shop-list img").naturalWidth > 0');

  await page.click('#shop-list summary');
  await waitInPage(page, '!!document.querySelector("#shop-list details svg")');
  const read = async () => {
    const png = await page.locator('#shop-list details svg').screenshot();
    const { data, info } = await sharp(png)
      .ensureAlpha()
      .resize({ width: 400 })
      .raw()
      .toBuffer({ resolveWithObject: true });
    return readCode(new Uint8ClampedArray(data), info.width, info.height)?.data;
  };
  assert.is(await read(), LINK);
  left = 2;
  const count = 'document.querySelector("#shop-list li").textContent';
  await waitInPage(page, `/\\b2\\b/.test(${count}) && !/\\b3\\b/.test(${count})`, 60_000);
  assert.is(await read(), LINK, 'it stays open');
  await page.click('#shop-list summary');
  await waitInPage(page, '!document.querySelector("#shop-list details").open');
});

test('when the first minutes end nothing is offered at their price, and the box is asked what holds', async () => {
  const tee = { name: 'Tee', currency: 'EUR', checkoutUrl: LINK, isOpen: true };
  const print = { ...tee, name: 'Print', price: 4000, isCollector: true };
  const first = {
    articles: [{ ...tee, price: 2000, usualPrice: 3000 }, print],
    windowLeftMs: 15_000,
  };
  const after = {
    articles: [
      { ...tee, price: 3000 },
      { ...print, isOpen: false },
    ],
    isWindowOver: true,
  };
  const progress = { ...NO_PROGRESS, shop: first as ShopOnPage };
  const scene = { path: '', startsAt: '', progress, script: '', isShown: '' };
  using served = await serveScene(scene);
  await using browser = await chromium.open({ width: 360, height: 740 });
  const page = await browser.open(served.url);
  const shown = '[...document.querySelectorAll("#shop-list li")].map((item) => item.innerText)';
  await waitInPage(page, `${shown}.length === 2`);
  assert.match(((await page.evaluate(shown)) as string[])[0] ?? '', /20\.00.*30\.00.*Order/s);
  const held: (() => unknown)[] = [];
  await page.route('**/drop.json', (route) => {
    held.push(() => route.continue().catch(() => undefined));
  });
  await waitInPage(page, `!${shown}.some((item) => /Order/.test(item))`);
  const [awaited, closed] = (await page.evaluate(shown)) as string[];
  assert.match(awaited ?? '', /30\.00/);
  assert.not.match(awaited ?? '', /20\.00/);
  assert.match(closed ?? '', en.notSold);
  progress.shop = after;
  await until(() => held.length > 0, 60_000);
  await page.unroute('**/drop.json');
  for (const release of held) release();
  await waitInPage(page, `/30\\.00.*Order/s.test(${shown}[0])`);
  assert.match(((await page.evaluate(shown)) as string[])[1] ?? '', en.notSold);
});

test.run();
