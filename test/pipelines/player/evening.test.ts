/** A guest's evening in Chromium against a real box: live, paused, a clip, the end, the replay. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { ask } from '../../support/ask.ts';
import { startBox, until } from '../../support/box.ts';
import { openChromium, waitInPage } from '../../support/chromium.ts';

const test = suite("a guest's evening");

const STATE = 'document.body.dataset.state';
const TEXT_OF = (selector: string) => `document.querySelector('${selector}')?.textContent`;
const TIME = 'document.getElementById("video").currentTime';

test('pause stops the picture, a clip appears, the end offers the replay, and the clip has its page', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-'));
  await using box = await startBox([
    `recording.targets=[{id: a, folder: ${folder}/recordings}]`,
    `clips.folder=${folder}/clips`,
    'recording.dvr_s=600',
  ]);
  await box.ready();
  await using browser = await openChromium({ width: 360, height: 740 });
  const page = await browser.open(`${box.url}/`);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await waitInPage(page, `${STATE} === 'live' && ${TIME} > 3`);
  await ask(box, 'cmd', 'mark', 'label=Encore');
  await waitInPage(page, `${TEXT_OF('#clip-list span:last-child')} === 'Encore'`, 60_000);

  await page.click('#heart');
  const count = TEXT_OF('#heart-count');
  await waitInPage(page, `${count} === '1'`);
  const heartsOf = async () => (await box.state<BoxSnapshot>()).media?.viewers.heartsTotal;
  await until(async () => (await heartsOf()) === 1, 20_000);

  await page.click('#pause');
  await page.waitForTimeout(1_000);
  const pausedS = Number(await page.evaluate(TIME));
  await page.waitForTimeout(1_000);
  assert.is(await page.evaluate(TIME), pausedS);
  await page.click('#live-again');
  await waitInPage(page, `${TIME} > ${pausedS + 2}`);

  await waitInPage(page, '!document.getElementById("rewinding").hidden', 60_000);
  await waitInPage(page, `document.getElementById('rewind').min <= -25`, 60_000);
  await page.focus('#rewind');
  for (let i = 0; i < 2; i += 1) await page.keyboard.press('ArrowLeft');
  await waitInPage(page, `/^−00:[1-4]\\d$/.test(${TEXT_OF('#behind')})`, 60_000);
  const rewoundS = Number(await page.evaluate(TIME));
  await waitInPage(page, `${TIME} > ${rewoundS + 1}`);
  assert.is(await page.evaluate('venuebox().player'), undefined, 'the live player waits');
  await page.click('#live-again');
  await waitInPage(page, `venuebox().player === 'venuebox' && ${TEXT_OF('#behind')} === ''`);
  await waitInPage(page, 'venuebox().latencyMs < 30000');

  await ask(box, 'cmd', 'end');
  await waitInPage(page, `${STATE} === 'ended' && !document.getElementById('replay').hidden`);
  await page.click('#replay');
  await waitInPage(page, `document.body.dataset.kind === 'replay' && ${TIME} > 1`);
  assert.is(new URL(page.url()).pathname, '/replay/');
  await waitInPage(page, `${TEXT_OF('#chapter-list button')}?.endsWith('Encore')`);
  await page.focus('#scrub');
  const beforeS = Number(await page.evaluate(TIME));
  await page.keyboard.press('ArrowRight');
  await waitInPage(page, `${TIME} >= ${beforeS + 4}`);
  await page.click('#chapter-list button');
  await waitInPage(page, `${TIME} < ${beforeS + 4}`);
  await page.evaluate('navigator.share = async ({ url }) => { globalThis.shared = url; }');
  await page.click('#clip-list button');
  await waitInPage(page, 'globalThis.shared !== undefined');
  assert.equal(errors, []);

  await page.goto(String(await page.evaluate('globalThis.shared')));
  assert.is(await page.title(), 'Encore');
  await page.click('#play');
  await waitInPage(page, `${TIME} > 0.5`);
  assert.is(await page.getAttribute('#to-live', 'href'), '../');
});

test.run();
