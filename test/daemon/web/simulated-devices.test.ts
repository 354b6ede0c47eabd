/** All switches of the demo's simulated devices, used on the operator's page in a real browser. */
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startBox } from '../../support/box.ts';
import { openChromium, waitInPage } from '../../support/chromium.ts';
import { openPage, says } from './support/page.ts';

const test = suite('switches of the simulated devices on the page');

/** The page has one mouse. */
let clicking: Promise<unknown> = Promise.resolve();

function setSwitch(page: Page, label: string, isOn: boolean): Promise<void> {
  const input = `#panel label:text-is("${label}") input`;
  const click = async () => {
    assert.is(await page.isChecked(input), !isOn, label);
    const isDone = page.waitForResponse(/\/panel$/);
    await page.click(input);
    await isDone;
  };
  const clicked = clicking.then(click);
  clicking = clicked.catch(() => undefined);
  return clicked;
}

test('each switch makes its device fail as a real one, and back on it recovers', async () => {
  await using box = await startBox([], ['demo'], [], undefined, undefined, true);
  await box.ready();
  await using browser = await openChromium({ width: 1400, height: 1400 });
  const page = await openPage(browser, box.operatorUrl);
  const labels = (await page.$$eval('#panel .switches label', (all) =>
    all.map((label) => label.textContent),
  )) as string[];
  const fail = async (label: string, selector: string, words: string, well?: string) => {
    labels.splice(labels.indexOf(label), 1);
    await setSwitch(page, label, false);
    await waitInPage(page, says(selector, words));
    await setSwitch(page, label, true);
    const isWell = well === undefined ? `!(${says(selector, words)})` : says(selector, well);
    await waitInPage(page, isWell);
  };
  const printer = async () => {
    await fail('Printer', '#machine', 'not connected', 'ready');
    await fail('Printer cover closed', '#machine', 'cover open', 'ready');
    await fail('Paper in printer', '#machine', 'paper out', 'ready');
    await fail('Printer status', '#machine', 'does not report', 'ready');
  };
  const links = async () => {
    for (const link of ['sim-a', 'sim-b']) {
      const row = `#links [data-key=${link}]`;
      await waitInPage(page, says(row, 'in use'));
      await fail(`Link ${link}`, row, 'down', 'in use');
      await fail(`Modem ${link}`, row, 'searching', 'dBm');
      await waitInPage(page, `!(${says(row, 'searching')})`);
    }
  };
  // One device's fault is not another's: they come at once.
  await Promise.all([
    printer(),
    links(),
    fail('Battery board', '#power', 'Charge unknown', '%'),
    fail('Sound', '#sound', 'silent', '-20 dB'),
    fail('Camera', '#machine', 'unplugged', 'running'),
    fail('Buttons and lamps', '#alerts', 'uttons'),
  ]);
  await waitInPage(page, 'document.querySelector("video").readyState >= 2');
  assert.equal(labels, []);
  assert.equal(page.faults, []);
});

test.run();
