/** A host in Chromium: sees the coming drops, holds one again, and reads which one would go live. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type {
  PlannedDropInfo,
  PlannedDropsState,
} from '../../../../../daemon/model/planned-drops.ts';
import { until } from '../../../../support/box.ts';
import { openChromium, waitInPage } from '../../../../support/chromium.ts';
import { startFakeBox } from '../../support/fake-box.ts';
import { has, says } from '../../support/page.ts';

const test = suite('operator page: a drop is held again');
const HOST_PIN = '1357';
const drop = (id: string, title: string, phase: PlannedDropInfo['phase']): PlannedDropInfo => ({
  ...{ id, title, startsAt: '', endsAt: '', pictureFile: '', profile: '', articles: 0, phase },
});
const PLANNED: PlannedDropsState = {
  shown: { id: 'sunday', title: 'Sunday Matinee', startsAt: '', endsAt: '' },
  list: [drop('friday', 'Friday Duo', 'held'), drop('sunday', 'Sunday Matinee', 'shown')],
  ...{ faults: [], file: 'drops.yaml' },
};

test('the drop that was ended by mistake is held again, and the question names what goes live', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-again-'));
  const file = join(folder, 'pin');
  await writeFile(file, HOST_PIN, { mode: 0o600 });
  await using box = await startFakeBox({ config: { host_pin_file: file } });
  box.set({ plannedDrops: PLANNED });
  await using browser = await openChromium({ width: 360, height: 740 });
  const page = await browser.open(box.url);
  await waitInPage(page, has('#pin'));
  await page.fill('#pin', HOST_PIN);
  await page.keyboard.press('Enter');
  await waitInPage(page, says('#drops li:first-child', 'Friday Duo'));
  assert.ok(await page.evaluate(says('#drops li:first-child', 'done')));
  assert.not.ok(await page.evaluate(has('#drops [data-work="change"]')), 'that is for the crew');
  assert.not.ok(await page.evaluate(has('#drops li:last-child [data-work]:not([hidden])')));

  await page.click('#drops [data-work="again"]');
  await waitInPage(page, says('dialog', 'Run “Friday Duo” again?'));
  await page.click('dialog .danger');
  await until(() => box.commands.length === 1, 60_000);
  const [{ verb, args } = { verb: undefined, args: {} }] = box.commands;
  assert.equal([verb, args], ['drops', { do: 'again', id: 'friday' }]);

  // A screen reader clicks.
  await page.evaluate('document.querySelector(\'[data-verb="go-live"]\').click()');
  await waitInPage(page, says('dialog', 'Go live: “Sunday Matinee”?'));
  await rm(folder, { recursive: true });
});

test.run();
