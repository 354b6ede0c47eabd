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
import { shareChromium, waitInPage } from '../../../../support/chromium.ts';
import { TEST_PIN } from '../../../../support/operator.ts';
import { startFakeBox } from '../../support/fake-box.ts';
import { has, openPage, says } from '../../support/page.ts';

const test = suite('operator page: the form of a drop');
const chromium = shareChromium();
test.after(() => chromium.close());
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

/** A box with this list, and its page on a phone. */
async function openRoom() {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-form-'));
  const path = join(folder, 'drops.yaml');
  await writeFile(path, LIST);
  const drops = openDropsCommand({
    ...{ file: new ListFile(path, HOSTS, silentLog), hosts: HOSTS },
    ...{ lookFault: async () => undefined, onAir: () => undefined, state: () => SHOWN },
    ...{ spare: () => [], again: async () => undefined },
  });
  const commander: Commander = { run: (command) => drops(command) };
  const box = await startFakeBox({ deps: { commander } });
  box.set({ plannedDrops: SHOWN });
  const browser = await chromium.open(PHONE);
  const page = await openPage(browser, box.url);
  await waitInPage(page, has('#drops li button'));
  const end = async () => {
    await browser[Symbol.asyncDispose]();
    await box[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  };
  const save = () => page.click('.drop-form button[type="submit"]');
  const isClosed = () => waitInPage(page, `!(${has('.drop-form')})`);
  return { page, path, save, isClosed, [Symbol.asyncDispose]: end };
}

test('an item is added on a phone, its mistakes stand beside their fields, and another’s change is not lost', async () => {
  await using room = await openRoom();
  const { page, path, save, isClosed } = room;
  const open = async () => {
    await page.click('#drops li button');
    await waitInPage(page, has('.drop-form'));
  };
  const item = '.article:last-child';
  const inItem = (n: number) => page.locator(`${item} input:not([type="checkbox"])`).nth(n);

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
  await page.selectOption('.drop-form select:has(option[value="false"])', 'false');
  await save();
  await waitInPage(page, says(item, 'Must not be above the price.'));
  assert.is(await readFile(path, 'utf8'), LIST);
  const widthPx = await page.evaluate('document.documentElement.scrollWidth');
  assert.ok(Number(widthPx) <= PHONE.width, `${widthPx} px wide`);
  await inItem(4).fill('15');
  await save();
  await isClosed();
  const saved = await readFile(path, 'utf8');
  assert.match(
    saved,
    /name: T-shirt\n\s+price: 1950\n\s+currency: EUR\n\s+stock: 20\n\s+flash_price: 1500/,
  );
  assert.match(saved, /reactions: false/);
  assert.match(saved, /destinations:\n\s+- youtube\n(?!\s+- club)/);

  await open();
  await writeFile(path, LIST.replace('Poster', 'Print'));
  await page.fill(`.article:first-child input`, 'Signed poster');
  await save();
  await waitInPage(page, says('.drop-form', 'There is now: For sale: Print'));
  assert.match(await readFile(path, 'utf8'), /Print/);
  await save();
  await isClosed();
  assert.match(await readFile(path, 'utf8'), /Signed poster/);
  assert.equal(page.faults, []);
});

test('of two who add a drop of one title the second one is told, and adds it all the same', async () => {
  await using room = await openRoom();
  const { page, path, save, isClosed } = room;
  await page.click('#drops > .row button');
  await waitInPage(page, has('.drop-form'));
  await page.fill('.drop-form input >> nth=0', 'Late Set');
  await writeFile(path, `${LIST}- { id: late-set, title: Late Set, reactions: false }\n`);
  await save();
  await waitInPage(page, says('.drop-form', 'Somebody else has just added a drop'));
  assert.not.match(await readFile(path, 'utf8'), /late-set-2/);
  await save();
  await isClosed();
  assert.match(await readFile(path, 'utf8'), /id: late-set-2\n\s+title: Late Set/);
});

test('what is in a drop’s picture is part of its form, with its mistakes beside their fields', async () => {
  await using room = await openRoom();
  const { page, path, save, isClosed } = room;
  await page.click('#drops li button');
  await waitInPage(page, has('.drop-form'));
  const inPicture = page.locator('.drop-form fieldset').first();
  const fieldOf = (label: string) => inPicture.getByLabel(label, { exact: true });
  await page.selectOption('.drop-form select:has(option[value="checkout"])', 'link');
  await fieldOf('Link').fill('https://elsewhere.example/a');
  // What is wrong stands in a field's label, too.
  const size = inPicture.locator('input[inputmode="decimal"]');
  await size.fill('900');
  await fieldOf('Name').fill('Ada Example');
  await save();
  await waitInPage(page, says('.drop-form', 'must be a number from 10 to 60'));
  await size.fill('30');
  await save();
  await waitInPage(page, says('.drop-form', 'leads to elsewhere.example'));
  assert.is(await readFile(path, 'utf8'), LIST);
  await page.selectOption('.drop-form select:has(option[value="checkout"])', 'page');
  await fieldOf('Shown for (seconds; 0: until the end)').fill('20');
  await save();
  await isClosed();
  const saved = await readFile(path, 'utf8');
  assert.match(saved, /overlay:\n\s+code:\n\s+link: page\n\s+corner: bottom-right\n/);
  assert.match(saved, /size_pct: 30\n\s+for_s: 20\n\s+name: Ada Example/);
  assert.equal(page.faults, []);
});

test('a form is not saved while a picture of it is being sent', async () => {
  await using room = await openRoom();
  const { page, path, save, isClosed } = room;
  let arrive = () => {};
  const arrives = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  await page.route('**/look/picture?*', async (route) => {
    await arrives;
    const json = { status: 'done', detail: '', result: { file: 'pictures/duo.jpg' } };
    await route.fulfill({ json });
  });
  await page.click('#drops li button');
  await waitInPage(page, has('.drop-form'));
  await page.fill('.drop-form input >> nth=0', 'Friday Trio');
  const file = { name: 'duo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('duo') };
  await page.locator('.drop-form input[type="file"]').first().setInputFiles(file);
  await waitInPage(page, says('.drop-form', 'Saving…'));
  await save();
  assert.ok(await page.evaluate(has('.drop-form input:invalid')));
  assert.is(await readFile(path, 'utf8'), LIST);
  arrive();
  await waitInPage(page, `!(${has('.drop-form input:invalid')})`);
  await save();
  await isClosed();
  assert.match(
    await readFile(path, 'utf8'),
    /title: Friday Trio[\s\S]*picture_file: pictures\/duo.jpg/,
  );
  assert.equal(page.faults, []);
});

test('a form outlives the session: the PIN is asked for again, and nothing that was filled in is lost', async () => {
  await using room = await openRoom();
  const { page, path, save, isClosed } = room;
  const signOut = () =>
    page.evaluate(
      "fetch('/session', { method: 'DELETE', headers: { 'X-Venuebox-Operator': '1' } }).then(() => {})",
    );
  await page.click('#drops [data-work="remove"]');
  await waitInPage(page, says('dialog', 'Friday Duo'));
  await signOut();
  // A question that nobody can answer now is not in the way.
  await waitInPage(page, `${has('#pin')} && !(${has('dialog')})`);
  await page.fill('#pin', TEST_PIN);
  await page.keyboard.press('Enter');
  await waitInPage(page, has('#drops li button'));

  await page.click('#drops li button');
  await waitInPage(page, has('.drop-form'));
  await page.fill('.drop-form input >> nth=0', 'Friday Trio');
  await signOut();
  await waitInPage(page, has('#pin'));
  for (const [pin, words] of [
    ['000000', 'That PIN is wrong'],
    [TEST_PIN, undefined],
  ] as const) {
    await save();
    await waitInPage(page, says('dialog:last-of-type', 'You were signed out'));
    assert.is(await readFile(path, 'utf8'), LIST);
    await page.fill('dialog:last-of-type input[type="password"]', pin);
    await page.keyboard.press('Enter');
    if (words !== undefined) await waitInPage(page, says('.drop-form', words));
  }
  await isClosed();
  assert.match(await readFile(path, 'utf8'), /title: Friday Trio/);
  await waitInPage(page, `${has('#drops li button')} && !(${has('#pin')})`);
  assert.equal(page.faults, []);
});

test.run();
