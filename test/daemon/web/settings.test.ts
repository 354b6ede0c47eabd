/** Settings over the operator's server, and on its page in a real browser. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { axeFaults } from '../../support/browser/axe.ts';
import { shareChromium, waitInPage } from '../../support/chromium.ts';
import { OWN_PAGE, signIn } from '../../support/operator.ts';
import { startFakeBox } from './support/fake-box.ts';
import { ask } from './support/http.ts';
import { has, openPage, saveScreenshot, says } from './support/page.ts';

const test = suite('operator page: settings');
const chromium = shareChromium();
test.after(() => chromium.close());
const PHONE = { width: 360, height: 740 };
const LAPTOP = { width: 1440, height: 900 };

test('settings are read and changed after sign-in only, and by the page’s own requests', async () => {
  await using box = await startFakeBox();
  assert.is((await ask(`${box.url}/settings`, 'GET')).status, 401);
  const cookie = await signIn(box.url);
  const read = JSON.parse((await ask(`${box.url}/settings`, 'GET', { cookie })).text);
  assert.match(read.help['camera.fps'], 'frames per second');
  const wish = { changes: { 'power.planned_minutes': 90 }, tag: read.tag, isTry: false };
  assert.is((await ask(`${box.url}/settings`, 'POST', { cookie }, wish)).status, 403);
  const headers = { ...OWN_PAGE, cookie };
  const saved = await ask(`${box.url}/settings`, 'POST', headers, wish);
  assert.is(JSON.parse(saved.text).status, 'saved');
  const late = await ask(`${box.url}/settings`, 'POST', headers, wish);
  assert.is(JSON.parse(late.text).status, 'conflict');
  for (const bad of [{}, { changes: {} }, { version: 'x', tag: '', isTry: true }, []]) {
    assert.is((await ask(`${box.url}/settings`, 'POST', headers, bad)).status, 400);
  }
});

test('on the page a wrong value says why beside its field, and a right one is compared, applied and taken back', async () => {
  await using box = await startFakeBox();
  await using browser = await chromium.open(PHONE);
  const page = await openPage(browser, box.url);
  await page.click('#open-settings');
  await waitInPage(page, has('#settings .section'));
  await page.evaluate("for (const one of document.querySelectorAll('.section')) one.open = true");
  // What a bar that stays covers half is scrolled into sight; axe does not know.
  await page.evaluate(
    "for (const bar of document.querySelectorAll('#settings .bar, header')) bar.style.position = 'static'",
  );
  for (const [size, name] of [
    [LAPTOP, 'laptop'],
    [PHONE, 'phone'],
  ] as const) {
    await page.setViewportSize(size);
    assert.equal(await axeFaults(page), [], name);
    await saveScreenshot(page, `settings-${name}`);
  }
  const minutes = '[data-path="power.planned_minutes"]';
  await page.fill(`${minutes} input`, '5000');
  await page.click('#settings .bar .main');
  await waitInPage(page, says(`${minutes} .fault`, 'must be a number from 0 to 1440'));
  await saveScreenshot(page, 'settings-wrong');
  await page.fill(`${minutes} input`, '90');
  // Somebody else is first, with the same key.
  const headers = { ...OWN_PAGE, cookie: await signIn(box.url) };
  const { tag } = JSON.parse((await ask(`${box.url}/settings`, 'GET', headers)).text);
  const theirs = { changes: { 'power.planned_minutes': 60 }, tag, isTry: false };
  await ask(`${box.url}/settings`, 'POST', headers, theirs);
  await page.click('#settings .bar .main');
  await waitInPage(page, says('#settings .message', 'You have both changed'));
  await page.click('#settings .bar .main');
  await waitInPage(page, says('dialog .diff', '60'));
  await waitInPage(page, says('dialog .diff', '90'));
  assert.equal(await axeFaults(page), [], 'review');
  await page.click('dialog .main');
  await waitInPage(page, says('#settings .message', 'Saved.'));
  await page.evaluate("for (const one of document.querySelectorAll('.section')) one.open = true");
  for (const [name, what] of [
    ['Preview', '#picture'],
    ['Listen', '#sound'],
  ] as const) {
    await page.click(`text="${name}"`);
    await waitInPage(page, has(`#settings ${what}`));
    await page.click(`text="${name}"`);
    await waitInPage(page, `!(${has(`#settings ${what}`)})`);
  }
  await page.click('text=Test the uplink');
  await waitInPage(
    page,
    says('#settings .message', '5g carries the whole stream by itself (4.0 Mb/s).'),
  );
  await waitInPage(page, says('#settings .message', 'lte carries 1.2 of 4.0 Mb/s by itself.'));
  await page.click('.versions button, .section:last-child summary');
  assert.equal(page.faults, []);
});

test('a sound card that was plugged in later is chosen by its name, and applied like any change', async () => {
  await using box = await startFakeBox();
  await using browser = await chromium.open(PHONE);
  const page = await openPage(browser, box.url);
  const sounds = [{ device: 'hw:CARD=Device,DEV=0', name: 'USB Audio Device' }];
  await page.route('**/setup/devices', (route) => route.fulfill({ json: { cameras: [], sounds } }));
  await page.click('#open-settings');
  await waitInPage(page, has('#settings .section'));
  await page.evaluate("for (const one of document.querySelectorAll('.section')) one.open = true");
  await page.click('text="Choose what is plugged in" >> nth=0');
  await waitInPage(page, says('#settings', 'No camera was found'));
  await page.click('text="Choose what is plugged in" >> nth=1');
  await page.click('text="USB Audio Device"');
  await page.click('#settings .bar .main');
  await waitInPage(page, says('dialog .diff', 'alsa'));
  await waitInPage(page, says('dialog .diff', 'hw:CARD=Device,DEV=0'));
  assert.equal(page.faults, []);
});

test('camera and sound are watched while the settings show them, and not after a discard or behind the page', async () => {
  await using box = await startFakeBox();
  await using browser = await chromium.open(PHONE);
  const page = await openPage(browser, box.url);
  const asked: boolean[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/tests/preview')) asked.push(request.postDataJSON().isOn);
  });
  const open = async (name: string, what: string) => {
    await page.evaluate("for (const one of document.querySelectorAll('.section')) one.open = true");
    await page.click(`text="${name}"`);
    await waitInPage(page, has(`#settings ${what}`));
  };
  const isGone = (what: string) => waitInPage(page, `!(${has(`#settings ${what}`)})`);
  const ended = () => asked.filter((isOn) => !isOn).length;
  await page.click('#open-settings');
  await waitInPage(page, has('#settings .section'));
  await open('Preview', '#picture');
  await page.fill('[data-path="power.planned_minutes"] input', '90');
  await page.click('#settings .bar button:has-text("Discard")');
  await isGone('#picture');
  assert.is(ended(), 1);
  await open('Listen', '#sound');
  await page.click('#settings .bar button:has-text("Back")');
  assert.is(ended(), 2);
  await page.click('#open-settings');
  await waitInPage(page, has('#settings .section'));
  await isGone('#sound');
  await open('Preview', '#picture');
  await page.click('#sign-out');
  await waitInPage(page, has('#pin'));
  assert.is(ended(), 3);
  assert.equal(page.faults, []);
});

test.run();
