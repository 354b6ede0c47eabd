/** The state of a made-up box on the operator's page in a real browser. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderPng } from '../../../hal/printer/paper/png.ts';
import { shareChromium, waitInPage } from '../../support/chromium.ts';
import { startFakeBox } from './support/fake-box.ts';
import { fakeSlips, fakeSnapshot } from './support/fake-snapshot.ts';
import { openPage, saveScreenshot, says } from './support/page.ts';

const test = suite('operator page in Chromium: state');
const chromium = shareChromium();
test.after(() => chromium.close());
const PHONE = { width: 360, height: 740 };
const LAPTOP = { width: 1400, height: 900 };

test('after sign-in it shows the live state, and loads from the box only', async () => {
  const dots = { width: 80, height: 120, dots: new Uint8Array(9_600).map((_, i) => (i >> 3) & 1) };
  const png = await renderPng(dots);
  await using box = await startFakeBox({ deps: { slips: () => fakeSlips(png) } });
  box.logTail.add({
    atMs: Date.now(),
    level: 'warn',
    message: 'link silent',
    fields: 'link=wwan1',
  });
  await using browser = await chromium.open(LAPTOP);
  const asked: string[] = [];
  browser.context.on('request', (request) => asked.push(request.url()));
  const page = await openPage(browser, box.url);
  await waitInPage(page, says('#phase', 'Idle'));
  await waitInPage(page, says('#age', 'up to date'));
  for (const [selector, words] of [
    ['#drop', 'Go live'],
    ['#alerts', 'Everything is working'],
    ['#sound', 'dB'],
    ['#links', '42 ms'],
    ['#links', '5G · Blau · -84 dBm'],
    ['#viewers', '381 ms, 95 % within 470 ms'],
    ['#power', '73 %'],
    ['#power', '2 h 24 left'],
    ['#recording', '214.0 GB'],
    ['#recording', 'the disk is full'],
    ['#machine', 'paper low'],
    ['#machine', 'capture exited with 139'],
    ['#log', 'link silent'],
    ['#panel', 'START'],
  ] as const) {
    await waitInPage(page, says(selector, words));
  }
  await waitInPage(page, 'document.querySelector(".slip img").naturalWidth === 80');
  await waitInPage(page, '/^M/.test(document.querySelector("#power .line").getAttribute("d"))');
  await saveScreenshot(page, 'laptop');
  assert.equal(page.faults, []);
  const hosts = new Set(asked.map((url) => new URL(url).host));
  assert.equal([...hosts].toSorted(), ['127.0.0.1:8080', new URL(box.url).host].toSorted());
});

test('alerts appear with their advice, the most severe first, and are cleared', async () => {
  await using box = await startFakeBox();
  await using browser = await chromium.open(PHONE);
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
  await saveScreenshot(page, 'alerts');
  box.set({ warnings: [low] });
  await waitInPage(page, '!document.body.innerText.includes("No picture")');
  box.set({ warnings: [] });
  await waitInPage(page, says('#alerts', 'Everything is working'));
});

test('at a phone’s width nothing is cut off, and all buttons are large enough for a thumb', async () => {
  await using box = await startFakeBox();
  await using browser = await chromium.open(PHONE);
  const page = await openPage(browser, box.url);
  await waitInPage(page, says('#links', '42 ms'));
  const wide =
    '[...document.querySelectorAll("main *")].filter((e) => !e.closest(".slips, .log") && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.className)';
  assert.equal(await page.evaluate(wide), []);
  assert.is(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
  const small =
    '[...document.querySelectorAll("button, .switch")].filter((e) => e.offsetParent !== null && e.getBoundingClientRect().height < 40).map((e) => e.innerText)';
  assert.equal(await page.evaluate(small), []);
  const unnamed =
    '[...document.querySelectorAll("button, input, [role=img], video, img")].filter((e) => e.offsetParent !== null && !(e.innerText || e.ariaLabel || e.alt || e.labels?.length)).map((e) => e.outerHTML)';
  assert.equal(await page.evaluate(unnamed), []);
  await saveScreenshot(page, 'phone');
});

test('what is unknown is shown as unknown', async () => {
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
  await using browser = await chromium.open(PHONE);
  const page = await openPage(browser, box.url);
  for (const [selector, words] of [
    ['#picture', 'The camera is off'],
    ['#sound', 'No sound ('],
    ['#links', 'ModemManager does not run'],
    ['#power', 'the bus hangs'],
    ['#recording', 'Nothing is recorded'],
    ['#machine', 'not connected (unplugged)'],
  ] as const) {
    await waitInPage(page, says(selector, words));
  }
  box.set({ drop: { phase: 'armed', sinceMs: Date.now() } });
  await waitInPage(page, says('#picture', 'No picture from'));
  assert.is(await page.isVisible('#panel'), false);
  box.set(fakeSnapshot());
  await waitInPage(page, says('#power', '73 %'));
  assert.equal(page.faults, []);
});

test.run();
