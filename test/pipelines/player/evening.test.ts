/** A guest's evening in Chromium against a real box: live, paused, a clip, the end, the replay. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ask } from '../../support/ask.ts';
import { startBox } from '../../support/box.ts';
import { openChromium, waitInPage } from '../../support/chromium.ts';

const test = suite("a guest's evening");

const STATE = 'document.body.dataset.state';
const TIME = 'document.getElementById("video").currentTime';

test('pause stops the picture, a clip appears, the end offers the replay, and the clip has its page', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-'));
  await using box = await startBox([
    `recording.targets=[{id: a, folder: ${folder}/recordings}]`,
    `clips.folder=${folder}/clips`,
  ]);
  await box.ready();
  await using browser = await openChromium({ width: 360, height: 740 });
  const page = await browser.open(`${box.url}/`);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await waitInPage(page, `${STATE} === 'live' && ${TIME} > 3`);
  await ask(box, 'cmd', 'mark');
  await waitInPage(page, '!document.getElementById("clips").hidden', 60_000);

  await page.click('#pause');
  await page.waitForTimeout(1_000);
  const pausedS = Number(await page.evaluate(TIME));
  await page.waitForTimeout(1_000);
  assert.is(await page.evaluate(TIME), pausedS);
  await page.click('#live-again');
  await waitInPage(page, `${TIME} > ${pausedS + 2}`);

  await ask(box, 'cmd', 'end');
  await waitInPage(page, `${STATE} === 'ended' && !document.getElementById('replay').hidden`);
  await page.click('#replay');
  await waitInPage(page, `${STATE} === 'replay' && ${TIME} > 1`);
  const clip = await page.getAttribute('#clip-list a', 'href');
  assert.equal(errors, []);

  await page.goto(`${box.url}/${clip}`);
  assert.is(await page.locator('a', { hasText: 'To the live page' }).getAttribute('href'), '../');
});

test.run();
