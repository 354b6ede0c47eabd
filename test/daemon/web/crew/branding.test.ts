/** Branding: what the crew uploads is decoded, made small and saved, by those who have signed in. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BrandingStore, BrandingUploadError } from '../../../../daemon/web/crew/branding-store.ts';
import { saveDropFile } from '../../../../daemon/web/crew/drop-files.ts';
import { en as said } from '../../../../daemon/web/page/text/messages/en.ts';
import { savePicture } from '../../../support/browser/picture.ts';
import { openChromium, waitInPage } from '../../../support/chromium.ts';
import { signIn } from '../../../support/operator.ts';
import { startFakeBox } from '../support/fake-box.ts';
import { openPage, saveScreenshot } from '../support/page.ts';

const test = suite('look of the guests’ page');

const COLORS = { background: '#101820', text: '#ffffff', accent: '#ffd166' };

function emptyFolder() {
  const path = mkdtempSync(join(tmpdir(), 'venuebox-look-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A photograph as a phone takes it: on its side, with the place in its EXIF. */
function photograph(widthPx: number, heightPx: number): Promise<Buffer> {
  const channels = 3;
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  return sharp({
    create: { width: widthPx, height: heightPx, channels, noise, background: '#777' },
  })
    .jpeg({ quality: 90 })
    .withMetadata({ orientation: 6 })
    .withExifMerge({ IFD0: { Copyright: 'secret place' } })
    .toBuffer();
}

test('a photograph is saved upright, small, as a JPEG and without EXIF; a logo as a PNG', async () => {
  using folder = emptyFolder();
  const store = new BrandingStore(join(folder.path, 'branding'), () => '');
  const photo = await photograph(2400, 1200);
  assert.match(photo.toString('latin1'), 'secret place');
  await store.setPicture('title', photo);
  await store.setPicture('logo', await photograph(900, 300));
  assert.equal(readdirSync(join(folder.path, 'branding')).toSorted(), [
    ...['before', 'logo.png', 'title.jpg'],
  ]);
  const saved = readFileSync(join(folder.path, 'branding', 'title.jpg'));
  assert.not.match(saved.toString('latin1'), 'secret place');
  const { width, height, exif, orientation } = await sharp(saved).metadata();
  assert.ok(height > width && height <= 1920, `${width}x${height}`);
  assert.equal([exif, orientation], [undefined, undefined]);
  assert.ok((store.picture('logo')?.bytes.length ?? 0) > 100);
  assert.equal(store.state().uploaded.toSorted(), ['logo', 'title']);
  await store.remove('title');
  await store.remove('title');
  assert.is(store.picture('title'), undefined);
});

test('files of a coming drop are named by what they are called and hold, and a wrong look by its line', async () => {
  using folder = emptyFolder();
  const photo = await photograph(2400, 1200);
  const picture = await saveDropFile(folder.path, 'picture', '../Été à deux.JPG', photo);
  assert.match(picture, /^pictures\/e-te-a-deux-[0-9a-f]{8}\.jpg$/);
  assert.is(await saveDropFile(folder.path, 'picture', '../Été à deux.JPG', photo), picture);
  const saved = readFileSync(join(folder.path, picture));
  assert.ok(saved.length <= 512 * 1024 && !saved.includes('secret place'));
  const cube = Buffer.from('LUT_1D_SIZE 2\n0 0 0\n1 1 1\n');
  const look = await saveDropFile(folder.path, 'cube', 'キ.cube', cube);
  assert.match(look, /^looks\/[0-9a-f]{8}\.cube$/);
  const wrong = saveDropFile(folder.path, 'cube', 'b.cube', Buffer.from('LUT_1D_SIZE 2\n0 0\n'));
  await wrong.then(assert.unreachable, (error: Error) => {
    assert.instance(error, BrandingUploadError);
    assert.is(error.message, 'b.cube:2: a line of the table must be three numbers');
  });
  assert.is(readdirSync(join(folder.path, 'looks')).length, 1);
});

test('a look that is sent again is left as it is, whatever fails meanwhile', async () => {
  using folder = emptyFolder();
  const send = (name: string) =>
    saveDropFile(folder.path, 'cube', name, Buffer.from('LUT_1D_SIZE 2\n0 0 0\n1 1 1\n'));
  const look = await send('a.cube');
  const path = join(folder.path, look);
  utimesSync(path, 1, 1);
  assert.is(await send('a.cube'), look);
  assert.is(statSync(path).mtimeMs, 1_000, 'whose table is kept');
  // As where the machine has no memory for another process.
  process.execArgv.push('--no-such-option');
  try {
    assert.is(await send('a.cube'), look);
    await send('b.cube').then(assert.unreachable, (error: Error) =>
      assert.match(error.message, 'the look was not read'),
    );
  } finally {
    process.execArgv.pop();
  }
  assert.equal(readdirSync(join(folder.path, 'looks')), [basename(look)]);
});

test('the last change of each part is taken back, and taken back again', async () => {
  using folder = emptyFolder();
  const path = join(folder.path, 'branding');
  const store = new BrandingStore(path, () => '');
  assert.equal(store.state().undoable, []);
  await store.undo('logo');
  await store.setColors(COLORS);
  await store.setColors({ ...COLORS, accent: '#ffffff' });
  assert.equal(store.state().undoable, ['colors']);
  await store.undo('colors');
  assert.equal(store.state().colors, COLORS);
  await store.undo('colors');
  assert.is(store.state().colors?.accent, '#ffffff');
  await store.setPicture('logo', await photograph(300, 200));
  const first = store.picture('logo')?.path;
  await store.setPicture('logo', await photograph(200, 300));
  await store.undo('logo');
  assert.is(store.picture('logo')?.path, first);
  await store.remove('logo');
  assert.is(new BrandingStore(path, () => '').picture('logo'), undefined);
  await store.undo('logo');
  assert.is(store.picture('logo')?.path, first, 'also what was removed');
});

test('what is no picture, or claims to be one, is refused with a sentence, and nothing is saved', async () => {
  using folder = emptyFolder();
  const store = new BrandingStore(join(folder.path, 'branding'), () => '');
  const photo = await photograph(400, 300);
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>';
  for (const [bytes, why] of [
    [Buffer.from(svg), /no picture/],
    [Buffer.alloc(0), /no picture/],
    [photo.subarray(0, photo.length / 2), /no picture/],
    [Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(500)]), /no picture/],
    [await photograph(8, 8), /too small/],
  ] as const) {
    await refused(store.setPicture('logo', bytes), why);
  }
  await refused(store.setColors({ ...COLORS, text: '#202830' }), /text on background/);
  await refused(store.setColors({ background: 'red' }), /must be a colour/);
  assert.equal(store.state().uploaded, []);
});

async function refused(work: Promise<void>, why: RegExp): Promise<void> {
  const error = await work.then(
    () => undefined,
    (fault: Error) => fault,
  );
  assert.match(error?.message ?? 'was taken', why);
}

test('only who has signed in reads or changes the look; a change answers with the new one', async () => {
  await using box = await startFakeBox();
  const own = { 'X-Venuebox-Operator': '1' };
  const send = (method: string, path: string, headers: object, body?: Buffer | string) =>
    fetch(`${box.url}${path}`, {
      method,
      headers: { ...own, ...headers },
      ...(body && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    });
  const photo = await photograph(800, 400);
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const body = method === 'PUT' ? photo : undefined;
    assert.is((await send(method, '/look/logo', {}, body)).status, 401, method);
  }
  const cookie = await signIn(box.url);
  assert.is(
    (await fetch(`${box.url}/look/logo`, { method: 'PUT', headers: { cookie } })).status,
    403,
  );
  const json = { cookie, 'Content-Type': 'application/json' };
  const colors = await send('PUT', '/look/colors', json, JSON.stringify(COLORS));
  assert.equal(((await colors.json()) as Changed).result?.colors, COLORS);
  const logo = (await (await send('PUT', '/look/logo', { cookie }, photo)).json()) as Changed;
  assert.equal(logo.result?.uploaded, ['colors', 'logo']);
  const shown = await fetch(`${box.url}/look/logo`, { headers: { cookie } });
  assert.equal([shown.status, shown.headers.get('content-type')], [200, 'image/png']);
  const bad = (await (await send('PUT', '/look/title', { cookie }, 'GIF89a')).json()) as Changed;
  assert.equal([bad.status, /no picture/.test(bad.detail)], ['rejected', true]);
  for (const path of ['title', 'picture?a.png', 'cube?a.cube']) {
    const sent = await send('PUT', `/look/${path}`, { cookie }, Buffer.alloc(17 << 20));
    const { status, detail } = (await sent.json()) as Changed;
    assert.equal([status, detail], ['rejected', said.fileTooLarge], path);
  }
  const gone = (await (await send('DELETE', '/look/logo', { cookie })).json()) as Changed;
  assert.equal(gone.result?.uploaded, ['colors']);
});

interface Changed {
  readonly status: string;
  readonly detail: string;
  readonly result?: { readonly colors: unknown; readonly uploaded: readonly string[] };
}

test('on the page: a logo is chosen and shown, and removed again', async () => {
  await using box = await startFakeBox();
  await using browser = await openChromium({ width: 360, height: 740 });
  const page = await openPage(browser, box.url);
  const buffer = await photograph(600, 300);
  await page.setInputFiles('#look-logo-file', { name: 'logo.jpg', mimeType: 'image/jpeg', buffer });
  const LOGO = 'document.querySelector("#look img.look")';
  await waitInPage(page, `!${LOGO}.hidden && ${LOGO}.naturalWidth > 100`, 60_000);
  await savePicture(page.locator('#look'), 'operator-look');
  await saveScreenshot(page, 'with-look');
  await page.click('#look [aria-label="Remove: Choose a logo"]');
  await waitInPage(page, `${LOGO}.hidden`, 60_000);
  assert.equal(page.faults, []);
});

test.run();
