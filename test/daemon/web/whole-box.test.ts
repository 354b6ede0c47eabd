/** The operator's page of a whole box, in a real browser. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startBox } from '../../support/box.ts';
import { openChromium, waitInPage } from '../../support/chromium.ts';
import { freeUdpPort } from '../../support/free-port.ts';
import { openPage, saveScreenshot, says } from './support/page.ts';

const test = suite('operator page of a whole box');

const TOKEN = 'correct-horse-battery';

test('of a whole box it shows the live picture, its sound and its figures, and is not counted as a viewer', async () => {
  const tokenFile = join(mkdtempSync(join(tmpdir(), 'venuebox-token-')), 'token');
  writeFileSync(tokenFile, TOKEN);
  await using box = await startBox([
    `viewers.whep.port=${await freeUdpPort()}`,
    `viewers.whep.token_file=${tokenFile}`,
  ]);
  await box.ready();
  await using browser = await openChromium({ width: 1400, height: 900 });
  const page = await openPage(browser, box.operatorUrl);
  await waitInPage(page, 'document.querySelector("video").currentTime > 1');
  // By WebRTC without the guests' token, once that has started.
  await waitInPage(page, 'document.querySelector("video").srcObject !== null');
  await waitInPage(page, says('#picture', 'behind'));
  await waitInPage(page, says('#sound', 'dB'));
  await waitInPage(page, says('#machine', 'test picture'));
  await waitInPage(page, says('#log', 'serving viewers'));
  await saveScreenshot(page, 'real');
  const { media } = await box.state<{ media: { viewers: { viewers: number } } }>();
  assert.is(media.viewers.viewers, 0);

  const guest = await browser.open(`${box.url}/`);
  await waitInPage(guest, 'globalThis.venuebox?.().player === "venuebox"');
  await guest.goto(`${box.url}/?token=${TOKEN}`);
  await waitInPage(guest, 'globalThis.venuebox?.().player === "whep"');
  await guest.close();

  process.kill(box.childPid('capture') ?? 0, 'SIGKILL');
  await waitInPage(page, says('#machine', '1 restart'));
  const before = (await page.evaluate('document.querySelector("video").currentTime')) as number;
  await waitInPage(page, `document.querySelector("video").currentTime > ${before + 1}`);
  assert.equal(page.faults, []);
});

test('no admin route answers on the viewers’ port', async () => {
  await using box = await startBox();
  await box.ready();
  for (const path of [
    '/session',
    '/events',
    '/state.json',
    '/command',
    '/panel',
    '/operator.js',
    '/slips/x.png',
  ]) {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const { status } = await fetch(box.url + path, { method });
      assert.ok(status >= 400, `${method} ${path}: ${status}`);
    }
  }
});

test.run();
