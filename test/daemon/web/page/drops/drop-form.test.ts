/** The form of a coming drop in Chromium: what is for sale, where it is sent to, and two people at once. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openDropsCommand } from '../../../../../daemon/drops/command.ts';
import { ListFile } from '../../../../../daemon/drops/list-file.ts';
import type { Commander } from '../../../../../daemon/model/commands.ts';
import type { PlannedDropsState } from '../../../../../daemon/model/planned-drops.ts';
import { silentLog } from '../../../../../hal/os/log.ts';
import { openChromium, waitInPage } from '../../../../support/chromium.ts';
import { startFakeBox } from '../../support/fake-box.ts';
import { has, openPage, says } from '../../support/page.ts';

const test = suite('operator page: the form of a drop');
const PHONE = { width: 360, height: 740 };
const HOSTS = { checkout: [], overlay: [], destinations: ['youtube', 'club'] };
const LIST = `- id: friday
  title: Friday Duo
  catalogue:
    - { id: poster, name: Poster, price: 2500, currency: EUR, edition: 50 }
`;
const SHOWN: PlannedDropsState = {
  shown: { id: 'friday', title: 'Friday Duo', startsAt: '', endsAt: '' },
  list: [
    {
      ...{ id: 'friday', title: 'Friday Duo', startsAt: '', endsAt: '', pictureFile: '' },
      ...{ profile: '', articles: 1, phase: 'shown' },
    },
  ],
  faults: [],
  file: 'drops.yaml',
};

test('an item is added on a phone, its mistakes stand beside their fields, and another’s change is not lost', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-form-'));
  const path = join(folder, 'drops.yaml');
  await writeFile(path, LIST);
  const drops = openDropsCommand({
    ...{ file: new ListFile(path, HOSTS, silentLog), hosts: HOSTS },
    ...{ lookFault: async () => undefined, onAir: () => undefined, state: () => SHOWN },
  });
  const commander: Commander = { run: (command) => drops(command) };
  await using box = await startFakeBox({ deps: { commander } });
  box.set({ plannedDrops: SHOWN });
  await using browser = await openChromium(PHONE);
  const page = await openPage(browser, box.url);
  await waitInPage(page, has('#drops li button'));
  const open = async () => {
    await page.click('#drops li button');
    await waitInPage(page, has('.drop-form'));
  };
  const item = '.article:last-child';
  const inItem = (n: number) => page.locator(`${item} input:not([type="checkbox"])`).nth(n);
  const save = () => page.click('.drop-form button[type="submit"]');

  await open();
  assert.ok(await page.evaluate(says('.article', 'Poster')));
  await page.click('text=Add an item');
  await inItem(0).fill('T-shirt');
  await inItem(1).fill('19,50');
  await page.selectOption(`${item} select >> nth=1`, 'stock');
  await inItem(2).fill('20');
  await inItem(4).fill('30');
  await page.selectOption('.drop-form select:has(option[value="these"])', 'these');
  await page.uncheck('.ticks input[value="club"]');
  await save();
  await waitInPage(page, says(item, 'Must not be above the price.'));
  assert.is(await readFile(path, 'utf8'), LIST);
  const widthPx = await page.evaluate('document.documentElement.scrollWidth');
  assert.ok(Number(widthPx) <= PHONE.width, `${widthPx} px wide`);
  await inItem(4).fill('15');
  await save();
  await waitInPage(page, `!(${has('.drop-form')})`);
  const saved = await readFile(path, 'utf8');
  assert.match(
    saved,
    /name: T-shirt\n\s+price: 1950\n\s+currency: EUR\n\s+stock: 20\n\s+flash_price: 1500/,
  );
  assert.match(saved, /destinations:\n\s+- youtube\n(?!\s+- club)/);

  await open();
  await writeFile(path, LIST.replace('Poster', 'Print'));
  await page.fill(`.article:first-child input`, 'Signed poster');
  await save();
  await waitInPage(page, says('.drop-form', 'There is now: For sale: Print'));
  assert.match(await readFile(path, 'utf8'), /Print/);
  await save();
  await waitInPage(page, `!(${has('.drop-form')})`);
  assert.match(await readFile(path, 'utf8'), /Signed poster/);
  assert.equal(page.faults, []);
  await rm(folder, { recursive: true });
});

test.run();
