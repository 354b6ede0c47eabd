/** The operator's page in a real browser, in front of a box that is made up. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderPng } from '../../../hal/printer/png.ts';
import { until } from '../../support/box.ts';
import { openChromium, waitInPage } from '../../support/chromium.ts';
import { TEST_PIN } from '../../support/operator.ts';
import { startFakeBox } from './fake-box.ts';
import { fakeSlips, fakeSnapshot } from './fake-snapshot.ts';
import { has, openPage, says, shoot } from './page.ts';

const test = suite('operator page in Chromium');
const PHONE = { width: 360, height: 740 };
const LAPTOP = { width: 1400, height: 900 };

test('opened cold and signed in, it shows the live state, and asks nobody but the box', async () => {
  const dots = { width: 80, height: 120, dots: new Uint8Array(9_600).map((_, i) => (i >> 3) & 1) };
  const png = await renderPng(dots);
  await using box = await startFakeBox({ deps: { slips: () => fakeSlips(png) } });
  box.logTail.add({
    atMs: Date.now(),
    level: 'warn',
    message: 'link silent',
    fields: 'link=wwan1',
  });
  await using browser = await openChromium(LAPTOP);
  const asked: string[] = [];
  browser.context.on('request', (request) => asked.push(request.url()));
  const page = await openPage(browser, box.url);
  await waitInPage(page, says('#phase', 'Idle'));
  await waitInPage(page, says('#age', 'up to date'));
  for (const [selector, words] of [
    ['#drop', 'Go live'],
    ['#alerts', 'All is well'],
    ['#sound', 'dB'],
    ['#links', '42 ms'],
    ['#links', '5G · Blau · -84 dBm'],
    ['#audience', '381 ms, p95 470 ms'],
    ['#power', '73 %'],
    ['#power', '2 h 24 left'],
    ['#recording', '214.0 GB'],
    ['#recording', 'the disk is full'],
    ['#machine', 'paper low'],
    ['#machine', 'capture exited with 139'],
    ['#journal', 'link silent'],
    ['#panel', 'START'],
  ] as const) {
    await waitInPage(page, says(selector, words));
  }
  await waitInPage(page, 'document.querySelector(".slip img").naturalWidth === 80');
  await waitInPage(page, '/^M/.test(document.querySelector("#power .line").getAttribute("d"))');
  await shoot(page, 'laptop');
  assert.equal(page.faults, []);
  const hosts = new Set(asked.map((url) => new URL(url).host));
  assert.equal([...hosts].toSorted(), ['127.0.0.1:8080', new URL(box.url).host].toSorted());
});

test('a press arms, a hold goes live, and each is a command of the page', async () => {
  await using box = await startFakeBox();
  await using browser = await openChromium(LAPTOP);
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

test('checks are shown with what was seen and what to do, what failed first, until the next command', async () => {
  await using box = await startFakeBox();
  await using browser = await openChromium(PHONE);
  const page = await openPage(browser, box.url);
  await page.click('[data-verb="preflight"]');
  await waitInPage(page, says('.checks li:first-child', 'Put in another card.'));
  await waitInPage(page, says('.checks li:nth-child(2)', 'Plug in the mains.'));
  await waitInPage(page, says('.checks li:last-child', '-14 dBFS'));
  await shoot(page, 'checks');
  await page.click('[data-verb="arm"]');
  await waitInPage(page, `!${has('.checks li')}`);
});

test('a moment that is marked gives the link that is shared, and a print says what became of it', async () => {
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
  await using browser = await openChromium(PHONE);
  const page = await openPage(browser, box.url);
  await page.click('[data-verb="mark"]');
  await waitInPage(page, says('#drop .made', '/clip/abcdefghijk'));
  const href = 'document.querySelector("#drop .made").href';
  assert.is(await page.evaluate(href), 'http://10.0.0.9:8080/clip/abcdefghijk');
  await shoot(page, 'marked');
  await page.click('#slips .below button');
  await waitInPage(page, says('#slips .message', 'out of paper'));
  assert.equal(asked.at(-1), ['print', { document: 'address' }]);
});

test('a command that takes long does not keep the next one waiting', async () => {
  const verbs: string[] = [];
  const commander = {
    run: ({ verb }: { verb: string }) => {
      verbs.push(verb);
      const never = new Promise<never>(() => undefined);
      return verb === 'arm' ? never : Promise.resolve({ status: 'done', detail: 'stood down' });
    },
  };
  await using box = await startFakeBox({ deps: { commander: commander as never } });
  await using browser = await openChromium(PHONE);
  const page = await openPage(browser, box.url);
  await page.click('[data-verb="arm"]');
  await waitInPage(page, says('#drop .message', 'Arm…'));
  box.set({ drop: { phase: 'preflight', sinceMs: Date.now() } });
  await page.click('[data-verb="disarm"]');
  await waitInPage(page, says('#drop .message', 'stood down'));
  assert.equal(verbs, ['arm', 'disarm']);
});

test('by keyboard alone: the PIN, a hold of Enter, and a screen reader’s press that is asked about', async () => {
  await using box = await startFakeBox();
  await using browser = await openChromium(LAPTOP);
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

test('the machine is shut down only after a question', async () => {
  await using box = await startFakeBox();
  await using browser = await openChromium(LAPTOP);
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

test('alerts appear with their advice, the worst first, and clear by themselves', async () => {
  await using box = await startFakeBox();
  await using browser = await openChromium(PHONE);
  const page = await openPage(browser, box.url);
  const sinceMs = Date.now();
  const low = {
    key: 'paper-low',
    severity: 'info',
    sinceMs,
    text: 'Paper runs low',
    advice: 'Put in a roll.',
  } as const;
  const dead = {
    key: 'capture-down',
    severity: 'critical',
    sinceMs,
    text: 'No picture',
    advice: 'Look at the camera’s cable.',
  } as const;
  box.set({ warnings: [low, dead] });
  await waitInPage(page, says('.alerts li:first-child', 'No picture'));
  await waitInPage(page, says('.alerts li:first-child', 'Look at the camera’s cable.'));
  await waitInPage(page, says('.alerts li:last-child', 'Paper runs low'));
  await page.evaluate('scrollTo(0, 0)');
  await shoot(page, 'alerts');
  box.set({ warnings: [low] });
  await waitInPage(page, '!document.body.innerText.includes("No picture")');
  box.set({ warnings: [] });
  await waitInPage(page, says('#alerts', 'All is well'));
});

test('ten wrong PINs lock, and the page says for how long; then the right one is let in', async () => {
  await using box = await startFakeBox();
  await using browser = await openChromium(PHONE);
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
    // The box's clock goes on; a page that is opened anew asks it.
    if (i > 3 && i < 10) {
      box.skip(31_000);
      await page.reload();
    }
  }
  await waitInPage(page, says('#pin-message', 'Try again in 4:5'));
  assert.is(await page.isDisabled('#pin'), true);
  await shoot(page, 'locked');
  box.skip(5 * 60_000);
  await page.reload();
  await waitInPage(page, `${has('#pin')} && !document.querySelector('#pin').disabled`);
  await page.fill('#pin', TEST_PIN);
  await page.keyboard.press('Enter');
  await waitInPage(page, has('#links'));
});

test('at a phone’s width nothing is cut off, and all that is pressed is large enough for a thumb', async () => {
  await using box = await startFakeBox();
  await using browser = await openChromium(PHONE);
  const page = await openPage(browser, box.url);
  await waitInPage(page, says('#links', '42 ms'));
  const wide =
    '[...document.querySelectorAll("main *")].filter((e) => !e.closest(".slips, .journal") && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.className)';
  assert.equal(await page.evaluate(wide), []);
  assert.is(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
  const small =
    '[...document.querySelectorAll("button, .switch")].filter((e) => e.offsetParent !== null && e.getBoundingClientRect().height < 40).map((e) => e.innerText)';
  assert.equal(await page.evaluate(small), []);
  const unnamed =
    '[...document.querySelectorAll("button, input, [role=img], video, img")].filter((e) => e.offsetParent !== null && !(e.innerText || e.ariaLabel || e.alt || e.labels?.length)).map((e) => e.outerHTML)';
  assert.equal(await page.evaluate(unnamed), []);
  await shoot(page, 'phone');
});

test('when the box goes away the page says how old its data are, and comes back by itself', async () => {
  let port = 0;
  await using browser = await openChromium(PHONE);
  let page: Awaited<ReturnType<typeof openPage>>;
  {
    await using box = await startFakeBox();
    port = Number(new URL(box.url).port);
    page = await openPage(browser, box.url);
    await waitInPage(page, says('#age', 'up to date'));
  }
  await waitInPage(page, "/^\\d+ s old$/.test(document.querySelector('#age').innerText)");
  assert.is(await page.evaluate('document.body.classList.contains("old")'), true);
  await shoot(page, 'old');
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

test('a fourth page of one session ends the first, which says so and stays ended', async () => {
  await using box = await startFakeBox();
  await using browser = await openChromium(PHONE);
  const first = await openPage(browser, box.url);
  for (let i = 0; i < 3; i += 1) {
    const page = await browser.open(box.url);
    await waitInPage(page, has('#links'));
  }
  await waitInPage(first, says('#age', 'open on too many pages'));
  await first.waitForTimeout(6_000);
  assert.match((await first.textContent('#age')) ?? '', 'open on too many pages');
});

test('what the box is called, and what its devices say, stays text', async () => {
  const evil = '<img src=x onerror="globalThis.evil=1"><script>globalThis.evil=1</script>';
  await using box = await startFakeBox();
  box.set({
    name: evil,
    camera: evil,
    drop: { phase: 'fault', sinceMs: Date.now(), reason: evil },
  });
  box.logTail.add({ atMs: 1, level: 'error', message: evil, fields: evil });
  await using browser = await openChromium(LAPTOP);
  const page = await openPage(browser, box.url);
  await waitInPage(page, says('#drop', '<img src=x'));
  await waitInPage(page, says('#journal', '<script>'));
  assert.is(await page.evaluate('globalThis.evil'), undefined);
  assert.equal(page.faults, []);
});

test('simulated hardware: a button is down as long as the finger, plugs and mains are pulled, lamps blink', async () => {
  await using box = await startFakeBox();
  await using browser = await openChromium(LAPTOP);
  const page = await openPage(browser, box.url);
  await page.hover('#panel .hardware');
  await page.mouse.down();
  await until(() => box.touched.includes('press start'), 5_000);
  assert.not.ok(box.touched.includes('release start'));
  await page.mouse.up();
  await until(() => box.touched.includes('release start'), 5_000);
  await page.focus('#panel .hardware:last-child');
  await page.keyboard.press('Space');
  await until(() => box.touched.includes('release mark'), 5_000);
  await page.click('#panel label:has-text("Mains")');
  await page.click('#panel label:has-text("Printer plugged in")');
  await page.fill('#panel-charge', '9');
  await until(
    () => ['mains false', 'printer false', 'charge 9'].every((word) => box.touched.includes(word)),
    5_000,
  );
  const isLit = 'document.querySelector("[data-key=links]").hasAttribute("data-on")';
  await waitInPage(page, isLit);
  await waitInPage(page, `!${isLit}`);
  assert.equal(page.faults, []);
});

test('nothing known is said to be unknown, and nothing breaks', async () => {
  await using box = await startFakeBox({ deps: { panel: undefined } as never });
  box.set({
    media: undefined,
    levels: undefined,
    uplink: undefined,
    recording: [],
    battery: { phase: 'unknown', source: 'INA219', reason: 'the bus hangs', mains: 'unknown' },
    printer: { phase: 'away', reason: 'unplugged' },
    modems: { phase: 'away', reason: 'ModemManager does not run' },
    system: undefined,
    children: {},
  });
  await using browser = await openChromium(PHONE);
  const page = await openPage(browser, box.url);
  for (const [selector, words] of [
    ['#picture', 'The camera rests'],
    ['#sound', 'No sound is measured'],
    ['#links', 'ModemManager does not run'],
    ['#power', 'the bus hangs'],
    ['#recording', 'Nothing is recorded'],
    ['#machine', 'away: unplugged'],
  ] as const) {
    await waitInPage(page, says(selector, words));
  }
  box.set({ drop: { phase: 'armed', sinceMs: Date.now() } });
  await waitInPage(page, says('#picture', 'No picture comes from'));
  assert.is(await page.isVisible('#panel'), false);
  box.set(fakeSnapshot());
  await waitInPage(page, says('#power', '73 %'));
  assert.equal(page.faults, []);
});

test('signed out, the page forgets the box', async () => {
  await using box = await startFakeBox();
  await using browser = await openChromium(PHONE);
  const page = await openPage(browser, box.url);
  await page.click('#sign-out');
  await waitInPage(page, has('#pin'));
  assert.is(await page.evaluate(has('#links')), false);
  await page.reload();
  await waitInPage(page, has('#pin'));
});

test.run();
