/** Commands and simulated hardware on the operator's page in a real browser. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OrderEntry } from '../../../daemon/model/orders.ts';
import { until } from '../../support/box.ts';
import { shareChromium, waitInPage } from '../../support/chromium.ts';
import { startFakeBox } from './support/fake-box.ts';
import { has, openPage, saveScreenshot, says } from './support/page.ts';

const test = suite('operator page in Chromium: commands');
const chromium = shareChromium();
test.after(() => chromium.close());
const PHONE = { width: 360, height: 740 };
const LAPTOP = { width: 1400, height: 900 };

test('a press arms, a hold goes live, and each is sent as a command of the page', async () => {
  await using box = await startFakeBox();
  await using browser = await chromium.open(LAPTOP);
  const page = await openPage(browser, box.url);
  await page.click('[data-verb="arm"]');
  await waitInPage(page, says('#phase', 'Armed'));
  await waitInPage(page, says('#drop .message', 'arm is done'));

  await page.click('[data-verb="go-live"]');
  await waitInPage(page, says('#drop .message', 'Hold Go live for one second'));
  assert.equal(
    box.commands.map(({ verb }) => verb),
    ['arm'],
  );
  await page.hover('[data-verb="go-live"]');
  await page.mouse.down();
  await waitInPage(page, says('#phase', 'On air'));
  await page.mouse.up();
  await page.click('[data-verb="mark"]');
  await until(() => box.commands.length === 3, 5_000);
  assert.equal(
    box.commands.map(({ verb, expect, by }) => [verb, expect, by]),
    [
      ['arm', 'idle', 'page'],
      ['go-live', 'armed', 'page'],
      ['mark', 'live', 'page'],
    ],
  );
  assert.match(await page.title(), '● On air');
});

test('checks are shown with evidence and advice, failed ones first, until the next command', async () => {
  await using box = await startFakeBox();
  await using browser = await chromium.open(PHONE);
  const page = await openPage(browser, box.url);
  await page.click('[data-verb="preflight"]');
  await waitInPage(page, says('.checks li:first-child', 'Put in another card.'));
  await waitInPage(page, says('.checks li:nth-child(2)', 'Plug in the mains.'));
  await waitInPage(page, says('.checks li:last-child', '-14 dBFS'));
  await saveScreenshot(page, 'checks');
  await page.click('[data-verb="arm"]');
  await waitInPage(page, `!${has('.checks li')}`);
});

test('orders are listed, those to pay back first, and one is cancelled after a question', async () => {
  const order = { item: 'Poster', quantity: 1, amount: 2500, currency: 'EUR', atMs: Date.now() };
  const sold = { ...order, id: 'a', state: 'confirmed', isOwed: false, numbers: [7], name: 'Ada' };
  const owed = { ...order, id: 'b', state: 'refused', isOwed: true, numbers: [] };
  const service = { newest: () => [owed, sold] as readonly OrderEntry[], csv: async () => 'order' };
  await using box = await startFakeBox({ deps: { service } });
  const totals = { pending: 0, confirmed: 1, void: 0, refused: 1, refunds: 1 };
  const sales = { orders: 1, pieces: 1, amounts: [] };
  box.set({ shop: { drop: 'friday', articles: [], sales, totals } });
  await using browser = await chromium.open(PHONE);
  const page = await openPage(browser, box.url);
  await page.click('#shop summary');
  await waitInPage(page, says('#shop details li:first-child', 'give the money back'));
  await waitInPage(page, says('#shop details li:last-child', 'No. 7 · Ada · €25.00'));
  await saveScreenshot(page, 'orders');
  await page.click('#shop details li:first-child button');
  await page.click('dialog button.danger');
  await until(() => box.commands.length === 1, 5_000);
  assert.equal(
    [box.commands[0]?.verb, box.commands[0]?.args],
    ['order', { order: 'b', do: 'cancel', was: 'refused', amount: 2500, currency: 'EUR' }],
  );
});

test('payments without an item are cleared up to the newest that was shown, and a slip is left out', async () => {
  const slip = { id: 'order-7-a', title: 'Order a', atMs: 0, copy: 1 };
  const printed = { ...slip, id: 'order-6-b', phase: 'printed' } as const;
  const prints = {
    jobs: () => [printed, { ...slip, phase: 'waiting', reason: 'it is out of paper' } as const],
    preview: async () => undefined,
    reprint: async () => ({ status: 'done', detail: 'again' }) as const,
    resolve: async () => ({ status: 'done', detail: 'noted' }) as const,
  };
  await using box = await startFakeBox({ deps: { prints } });
  const totals = { pending: 0, confirmed: 0, void: 0, refused: 0, refunds: 0 };
  const sales = { orders: 0, pieces: 0, amounts: [] };
  const shop = { drop: 'friday', articles: [], sales, totals };
  const unmatchedLast = { order: 'z', item: 'pirnt', quantity: 1, atMs: 0 };
  const unmatchedCounts = { known: 0, unknown: 3 };
  box.set({ shop: { ...shop, unmatchedLast, unmatchedCounts } });
  await using browser = await chromium.open(PHONE);
  const page = await openPage(browser, box.url);
  await page.click('#shop summary');
  await page.click('#shop details .below button');
  await waitInPage(page, says('dialog', 'Clear 3 payments without an item?'));
  await saveScreenshot(page, 'clear-payments');
  await page.click('dialog button.danger');
  await until(() => box.commands.length === 1, 5_000);
  await page.click('#slips .prints li:first-child button.settle:not([hidden])');
  await waitInPage(page, says('dialog', 'Order a: it is not printed by itself any more.'));
  await saveScreenshot(page, 'leave-out');
  await page.click('dialog button.danger');
  await until(() => box.commands.length === 2, 5_000);
  assert.equal(
    box.commands.map(({ verb, args }) => [verb, args]),
    [
      ['order', { do: 'clear', order: 'z', item: 'pirnt' }],
      ['print', { do: 'remove', slip: 'order-7-a' }],
    ],
  );
});

test('some pieces are sold in cash, under a name, at the price that was shown', async () => {
  const asked: unknown[] = [];
  const commander = {
    run: async ({ args }: { args: unknown }) => {
      asked.push(args);
      return { status: 'done', detail: '', result: { numbers: [4, 5, 6], amount: 6000 } };
    },
  };
  await using box = await startFakeBox({ deps: { commander: commander as never } });
  const totals = { pending: 0, confirmed: 0, void: 0, refused: 0, refunds: 0 };
  const sales = { orders: 0, pieces: 0, amounts: [] };
  const counts = { left: 9, edition: 12, sold: 3, pending: 0, isCollector: false, isOpen: true };
  const poster = { id: 'poster', name: 'Poster', price: 2500, currency: 'EUR', ...counts };
  box.set({ shop: { drop: 'friday', articles: [poster], sales, totals } });
  await using browser = await chromium.open(PHONE);
  const page = await openPage(browser, box.url);
  await page.click('#shop li button');
  await page.fill('dialog input[type="number"]', '3');
  await page.fill('dialog input[type="text"]', ' Ada ');
  await saveScreenshot(page, 'sell');
  await page.click('dialog button.danger');
  await waitInPage(page, says('#shop .message', '3 × Poster sold, number 4, 5, 6. Take €60.00.'));
  const [{ order, ...sale }] = asked as [{ order: string }];
  assert.match(order, /^cash-\w+$/);
  assert.equal(sale, { item: 'poster', quantity: 3, amount: 7500, currency: 'EUR', name: 'Ada' });
});

test('a mark shows the link to its clip, and a print shows its result', async () => {
  const asked: unknown[] = [];
  const commander = {
    run: async ({ verb, args }: { verb: string; args: unknown }) => {
      asked.push([verb, args]);
      const url = 'http://10.0.0.9:8080/clip/abcdefghijk';
      return verb === 'mark'
        ? { status: 'done', detail: 'marked', result: { atMs: 1, clip: { id: 'x', url } } }
        : { status: 'failed', code: 'NOT_PRINTED', detail: 'the printer is out of paper' };
    },
  };
  await using box = await startFakeBox({ deps: { commander: commander as never } });
  box.set({ drop: { phase: 'live', sinceMs: Date.now() } });
  await using browser = await chromium.open(PHONE);
  const page = await openPage(browser, box.url);
  await page.click('[data-verb="mark"]');
  await waitInPage(page, says('#drop .clip', '/clip/abcdefghijk'));
  const href = 'document.querySelector("#drop .clip").href';
  assert.is(await page.evaluate(href), 'http://10.0.0.9:8080/clip/abcdefghijk');
  await saveScreenshot(page, 'marked');
  await page.click('#slips .below button');
  await waitInPage(page, says('#slips .message', 'out of paper'));
  assert.equal(asked.at(-1), ['print', { document: 'address' }]);
});

test('a long command does not delay the next one', async () => {
  const verbs: string[] = [];
  const commander = {
    run: ({ verb }: { verb: string }) => {
      verbs.push(verb);
      const never = new Promise<never>(() => undefined);
      return verb === 'arm' ? never : Promise.resolve({ status: 'done', detail: 'stood down' });
    },
  };
  await using box = await startFakeBox({ deps: { commander: commander as never } });
  await using browser = await chromium.open(PHONE);
  const page = await openPage(browser, box.url);
  await page.click('[data-verb="arm"]');
  await waitInPage(page, says('#drop .message', 'Arm…'));
  box.set({ drop: { phase: 'preflight', sinceMs: Date.now() } });
  await page.click('[data-verb="disarm"]');
  await waitInPage(page, says('#drop .message', 'stood down'));
  assert.equal(verbs, ['arm', 'disarm']);
});

test('by keyboard: the PIN, a hold of Enter, and a screen reader’s click that must be confirmed', async () => {
  await using box = await startFakeBox();
  await using browser = await chromium.open(LAPTOP);
  const page = await openPage(browser, box.url);
  await page.focus('[data-verb="go-live"]');
  await page.keyboard.down('Enter');
  await waitInPage(page, says('#phase', 'On air'));
  await page.keyboard.up('Enter');
  // A screen reader clicks: no finger, no key.
  await page.evaluate('document.querySelector(\'[data-verb="end"]\').click()');
  await waitInPage(page, has('dialog[open]'));
  await page.keyboard.press('Escape');
  await waitInPage(page, '!document.querySelector("dialog")');
  assert.is(box.commands.length, 1);
  await page.evaluate('document.querySelector(\'[data-verb="end"]\').click()');
  await page.click('dialog .danger');
  await until(() => box.commands.at(-1)?.verb === 'end', 5_000);
});

test('the box is shut down only after a confirmation', async () => {
  await using box = await startFakeBox();
  await using browser = await chromium.open(LAPTOP);
  const page = await openPage(browser, box.url);
  await page.click('[data-verb="shut-down"]');
  await waitInPage(page, has('dialog[open]'));
  await page.keyboard.press('Enter');
  await waitInPage(page, '!document.querySelector("dialog")');
  assert.equal(box.commands, [], 'Enter on the open dialog says no');
  await page.click('[data-verb="shut-down"]');
  await page.click('dialog .danger');
  await until(() => box.commands.at(-1)?.verb === 'shut-down', 5_000);
});

test('a confirmation is for the phase in which it was asked, whatever the box is in by then', async () => {
  await using box = await startFakeBox();
  await using browser = await chromium.open(PHONE);
  const page = await openPage(browser, box.url);
  const touches = 'getComputedStyle(document.querySelector(\'[data-verb="go-live"]\')).touchAction';
  assert.is(await page.evaluate(touches), 'none', 'a finger that drifts goes on holding');
  await page.click('[data-verb="shut-down"]');
  await waitInPage(page, has('dialog[open]'));
  box.set({ drop: { phase: 'live', sinceMs: Date.now() } });
  await waitInPage(page, says('#phase', 'On air'));
  await page.click('dialog .danger');
  await until(() => box.commands.length === 1, 5_000);
  assert.is(box.commands[0]?.expect, 'idle');
});

test('simulated hardware: a button is held as long as the finger, switches and mains are sent, lamps blink', async () => {
  await using box = await startFakeBox();
  await using browser = await chromium.open(LAPTOP);
  const page = await openPage(browser, box.url);
  await page.hover('#panel .hardware');
  await page.mouse.down();
  await until(() => box.panelActions.includes('press start'), 5_000);
  assert.not.ok(box.panelActions.includes('release start'));
  await page.mouse.up();
  await until(() => box.panelActions.includes('release start'), 5_000);
  await page.focus('#panel .hardware:last-child');
  await page.keyboard.press('Space');
  await until(() => box.panelActions.includes('release mark'), 5_000);
  await page.click('#panel label:has-text("Mains")');
  await page.click('#panel label:text-is("Printer")');
  await page.fill('#panel-charge', '9');
  await until(
    () =>
      ['mains false', 'printer false', 'charge 9'].every((word) => box.panelActions.includes(word)),
    5_000,
  );
  const isLit = 'document.querySelector("[data-key=links]").hasAttribute("data-on")';
  await waitInPage(page, isLit);
  await waitInPage(page, `!${isLit}`);
  assert.equal(page.faults, []);
});

test.run();
