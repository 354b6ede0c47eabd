/** Sign-in, lost connections and hostile names on the operator's page in a real browser. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { shareChromium, waitInPage } from '../../support/chromium.ts';
import { TEST_PIN } from '../../support/operator.ts';
import { startFakeBox } from './support/fake-box.ts';
import { has, openPage, saveScreenshot, says } from './support/page.ts';

const test = suite('operator page in Chromium: session');
const chromium = shareChromium();
test.after(() => chromium.close());
const PHONE = { width: 360, height: 740 };
const LAPTOP = { width: 1400, height: 900 };

test('ten wrong PINs lock, and the page shows for how long; then the right one is accepted', async () => {
  await using box = await startFakeBox();
  await using browser = await chromium.open(PHONE);
  const page = await browser.open(box.url);
  for (let i = 1; i <= 10; i += 1) {
    await waitInPage(page, `${has('#pin')} && !document.querySelector('#pin').disabled`);
    await page.fill('#pin', '111111');
    await page.keyboard.press('Enter');
    const left = i === 9 ? '1 try is left' : `${10 - i} tries are left`;
    await waitInPage(
      page,
      says('#pin-message', i < 10 ? left : 'Locked after too many wrong PINs'),
    );
    // The box's clock goes on; a page that is opened again asks it.
    if (i > 3 && i < 10) {
      box.skip(31_000);
      await page.reload();
    }
  }
  await waitInPage(page, says('#pin-message', 'Try again in 4:5'));
  assert.is(await page.isDisabled('#pin'), true);
  await saveScreenshot(page, 'locked');
  box.skip(5 * 60_000);
  await page.reload();
  await waitInPage(page, `${has('#pin')} && !document.querySelector('#pin').disabled`);
  await page.fill('#pin', TEST_PIN);
  await page.keyboard.press('Enter');
  await waitInPage(page, has('#links'));
});

test('without the box the page shows how old its data are, and reconnects', async () => {
  let port = 0;
  await using browser = await chromium.open(PHONE);
  let page: Awaited<ReturnType<typeof openPage>>;
  {
    await using box = await startFakeBox();
    port = Number(new URL(box.url).port);
    page = await openPage(browser, box.url);
    await waitInPage(page, says('#age', 'up to date'));
  }
  await waitInPage(page, "/^no answer for \\d+ s$/.test(document.querySelector('#age').innerText)");
  assert.is(await page.evaluate('document.body.classList.contains("old")'), true);
  await saveScreenshot(page, 'old');
  // Another start knows no sessions: the PIN is asked for again, without a reload.
  await page.evaluate('globalThis.loadedOnce = true');
  await using box = await startFakeBox({ port });
  await waitInPage(page, has('#pin'));
  await page.fill('#pin', TEST_PIN);
  await page.keyboard.press('Enter');
  await waitInPage(page, says('#age', 'up to date'));
  box.set({ power: 'saving' });
  await waitInPage(page, says('#power', 'Saving power'));
  assert.is(await page.evaluate('globalThis.loadedOnce'), true);
});

test('the page of another version is loaded again, once who is here has signed in', async () => {
  let port = 0;
  await using browser = await chromium.open(PHONE);
  let page: Awaited<ReturnType<typeof openPage>>;
  {
    await using box = await startFakeBox();
    port = Number(new URL(box.url).port);
    page = await openPage(browser, box.url);
    await page.evaluate('globalThis.loadedOnce = true');
  }
  await using box = await startFakeBox({ port });
  box.set({ version: '99.0.0' });
  await waitInPage(page, has('#pin'));
  await page.fill('#pin', TEST_PIN);
  await page.keyboard.press('Enter');
  await waitInPage(page, `globalThis.loadedOnce === undefined && ${has('#links')}`);
  assert.equal(page.faults, []);
});

test('a fourth page of one session disconnects the first, which says so', async () => {
  await using box = await startFakeBox();
  await using browser = await chromium.open(PHONE);
  const first = await openPage(browser, box.url);
  for (let i = 0; i < 3; i += 1) {
    const page = await browser.open(box.url);
    await waitInPage(page, has('#links'));
  }
  await waitInPage(first, says('#age', 'open on too many pages'));
  await first.waitForTimeout(6_000);
  assert.match((await first.textContent('#age')) ?? '', 'open on too many pages');
});

test('names and messages of the box and its devices are never HTML', async () => {
  const evil = '<img src=x onerror="globalThis.evil=1"><script>globalThis.evil=1</script>';
  await using box = await startFakeBox();
  box.set({
    name: evil,
    camera: evil,
    drop: { phase: 'fault', sinceMs: Date.now(), reason: evil },
  });
  box.logTail.add({ atMs: 1, level: 'error', message: evil, fields: evil });
  await using browser = await chromium.open(LAPTOP);
  const page = await openPage(browser, box.url);
  await waitInPage(page, says('#drop', '<img src=x'));
  await waitInPage(page, says('#log', '<script>'));
  assert.is(await page.evaluate('globalThis.evil'), undefined);
  assert.equal(page.faults, []);
});

test('after signing out the page shows nothing of the box', async () => {
  await using box = await startFakeBox();
  await using browser = await chromium.open(PHONE);
  const page = await openPage(browser, box.url);
  await page.click('#sign-out');
  await waitInPage(page, has('#pin'));
  assert.is(await page.evaluate(has('#links')), false);
  await page.reload();
  await waitInPage(page, has('#pin'));
});

test('a shared Chromium that has crashed, or did not start, is not that of the next test', async () => {
  const shared = shareChromium();
  const first = await shared.open();
  await first.context.browser()?.close();
  const second = await shared.open();
  assert.ok(await second.open('about:blank'));
  await shared.close();
  const broken = shareChromium('/usr/bin/false');
  const opened = () => broken.open().catch((error: unknown) => error);
  const [one, other] = [await opened(), await opened()];
  assert.instance(one, Error);
  assert.is.not(one, other, 'each is another try');
  await broken.close();
});

test.run();
