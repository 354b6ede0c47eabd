/** The whole first set-up on a phone, by clicks: nothing is typed but name and PIN. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ownName } from '../../../../daemon/config/config.ts';
import { STEPS } from '../../../../daemon/first-boot/steps.ts';
import { until } from '../../../support/box.ts';
import { axeFaults } from '../../../support/browser/axe.ts';
import { openChromium, waitInPage } from '../../../support/chromium.ts';
import { OWN_PAGE, signIn } from '../../../support/operator.ts';
import { startNewBox } from '../support/first-boot.ts';
import { has, saveScreenshot, says } from '../support/page.ts';

const test = suite('first set-up');

const NETWORKS = [
  { ssid: 'Cafe Central', strength: 83, password: 'espresso1' },
  { ssid: 'Market Hall', strength: 64 },
  { ssid: 'Corp', strength: 40, isEnterprise: true },
];
const PHONE = { width: 360, height: 740 };
const STEP = (step: string) => has(`#setup[data-step="${step}"]`);

test('a phone on the hotspot goes from the portal to the hand-over, and the box into the venue’s Wi-Fi', async () => {
  await using at = await startNewBox(NETWORKS);
  await using browser = await openChromium(PHONE);
  const page = await browser.open(at.box.url);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  const shot = async (step: string) => {
    await waitInPage(page, STEP(step));
    assert.equal(await axeFaults(page), [], step);
    assert.is(await page.evaluate('document.documentElement.scrollWidth'), PHONE.width, step);
    await saveScreenshot(page, `setup-${step}`);
  };
  const next = () => page.click('#setup button[type="submit"]');
  await shot('language');
  await page.route('**/setup/answers', (route) => route.abort(), { times: 1 });
  await page.click('#setup [data-language="de"]');
  await waitInPage(page, says('#setup', 'does not answer'));
  await page.click('#setup [data-language="de"]');
  await waitInPage(page, says('#setup', 'der Name des Lokals'));
  await page.fill('#setup-name', 'Café Zentral');
  await shot('name');
  await next();
  await waitInPage(page, STEP('pin'));
  await page.fill('#setup-pin', '135');
  await next();
  await waitInPage(page, says('#setup', '4 bis 64'));
  await page.fill('#setup-pin', '135790');
  await shot('pin');
  // Back over both, with what was said there, and on again without a word.
  await page.click('#setup .back');
  await waitInPage(page, STEP('name'));
  assert.is(await page.inputValue('#setup-name'), 'cafe-zentral');
  await page.click('#setup .back');
  await waitInPage(page, STEP('language'));
  assert.not.ok(await page.isVisible('#setup .back'));
  await page.click('#setup [data-language="de"]');
  await waitInPage(page, STEP('pin'));
  await page.fill('#setup-pin', '135790');
  await next();
  await waitInPage(page, STEP('network'));
  await page.click('#setup .back');
  await waitInPage(page, STEP('pin'));
  await next();
  await waitInPage(page, has('#setup input[value="Market Hall"]'));
  await page.click('#setup .choice:last-child input');
  assert.ok(await page.isVisible('#setup-wifi-name'), 'one that does not say its name');
  await page.click('#setup input[value="Cafe Central"]');
  assert.not.ok(await page.isVisible('#setup-wifi-name'));
  await shot('network');
  await page.click('#setup input[value="Market Hall"]');
  await next();
  await waitInPage(page, has('#setup input[value^="v4l2"]'));
  await page.click('#setup input[value^="v4l2"]');
  await shot('camera');
  await until(() => at.wanted.at(-1) === true, 60_000);
  await next();
  await waitInPage(page, has('#setup input[value^="alsa"]'));
  await page.click('#setup input[value^="alsa"]');
  await waitInPage(page, has('#setup [role="meter"]'));
  await shot('sound');
  await next();
  await shot('destination');
  await next();
  await shot('title');
  await page.click('#setup .answers button:nth-child(2)');
  // An iPhone closes the window of a portal, and this page with it, when the network goes.
  await shot('hand-over');
  const where = ['Market Hall', `//${ownName()}.local:`];
  for (const words of where) await waitInPage(page, says('#setup', words));
  assert.ok(at.fake.isHotspotUp(), 'until the person has noted it');
  await page.click('#setup .answers button:first-child');
  await waitInPage(page, STEP('title'));
  await page.click('#setup .answers button:nth-child(2)');
  await waitInPage(page, STEP('hand-over'));
  await next();
  await shot('done');
  for (const words of where) await waitInPage(page, says('#setup', words));
  await until(() => at.fake.joined() === 'Market Hall', 60_000);
  await until(() => at.firstBoot.setUp.isFinished && at.at.restarts === 1, 60_000);
  assert.is(at.wanted.at(-1), false, 'the camera is off again');
  const saved = readFileSync(join(at.box.folder, 'settings.yaml'), 'utf8');
  for (const line of [
    /name: cafe-zentral/,
    /language: de/,
    /driver: v4l2/,
    /device: usb-Cam/,
    /CARD=Device/,
  ]) {
    assert.match(saved, line);
  }
  assert.not.match(saved, /135790|Titel/);
  assert.match(await signIn(at.box.url, '135790'), /venuebox/);
  assert.equal(faults, []);
});

test('a Wi-Fi with another password is asked for again by the page that is still open, which says why', async () => {
  await using at = await startNewBox(NETWORKS);
  const { setUp } = at.firstBoot;
  for (const step of STEPS) await setUp.answer(step, 'done');
  await setUp.chooseWifi('Cafe Central', 'a-wrong-one');
  await using browser = await openChromium(PHONE);
  const page = await browser.open(at.box.url);
  await waitInPage(page, STEP('hand-over'));
  await page.click('#setup button[type="submit"]');
  await waitInPage(page, STEP('network'));
  await waitInPage(page, says('#setup', 'most likely the password is wrong'));
  await page.click('#setup input[value="Market Hall"]');
  await waitInPage(page, says('#setup', 'agree to something'));
});

const post = (url: string, path: string, body: object = {}, cookie = '') =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { ...OWN_PAGE, cookie },
    body: JSON.stringify(body),
  });
const cookiesOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');

test('whoever is on the hotspot gets in until there is a PIN, then with it, or on the phone that began', async () => {
  await using at = await startNewBox(NETWORKS);
  const { url } = at.box;
  const first = await post(url, '/setup/session');
  assert.is(first.status, 200);
  const cookie = cookiesOf(first);
  const page = await fetch(`${url}/settings`, { headers: { cookie } });
  const { tag } = (await page.json()) as { tag: string };
  const changes = { 'operator.pin_file': { set: '86420' } };
  await post(url, '/settings', { changes, tag, isTry: false }, cookie);
  assert.is((await post(url, '/setup/session')).status, 403, 'another phone needs the PIN');
  const seen = await (await fetch(`${url}/setup`)).json();
  assert.equal([seen.isOpen, seen.canEnter, seen.hasPin], [true, false, true], 'and is told so');
  const again = await post(url, '/setup/session', {}, cookie);
  assert.is(again.status, 200, 'nothing is asked twice');
  assert.is(
    (await post(url, '/setup/finish', {}, cookie)).status,
    401,
    'its session before is over',
  );
  await at.firstBoot.setUp.finish();
  const newest = cookiesOf(again);
  assert.is((await post(url, '/setup/session', {}, newest)).status, 403, 'it is over');
  assert.is((await post(url, '/setup/finish', {}, newest)).status, 409);
});

test('strangers get in by none of it, and what is no answer is refused', async () => {
  await using at = await startNewBox(NETWORKS);
  const { url } = at.box;
  for (const path of ['answers', 'network', 'preview', 'finish']) {
    assert.is((await post(url, `/setup/${path}`)).status, 401, path);
  }
  assert.is((await fetch(`${url}/setup/finish`, { headers: OWN_PAGE })).status, 401);
  const cookie = cookiesOf(await post(url, '/setup/session'));
  for (const [path, body] of [
    ['answers', { step: 'firmware', how: 'done' }],
    ['network', { ssid: 'x', password: 'short' }],
    ['network', { ssid: 'x'.repeat(33), password: '' }],
    ['preview', {}],
  ] as const) {
    assert.is((await post(url, `/setup/${path}`, body, cookie)).status, 400, path);
  }
  assert.equal(at.firstBoot.setUp.progress.answered, {});
  const stranger = { local: '192.168.1.5', remote: '192.168.1.6' };
  assert.not(at.firstBoot.hotspot.clients.use(stranger), 'the venue’s network is not the hotspot');
});

test.run();
