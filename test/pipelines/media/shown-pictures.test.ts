/** Pictures of the drop and of what is sold, as guests get them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../hal/os/log.ts';
import type { ShopOnPage } from '../../../pipelines/player/drop-json.ts';
import { PictureError } from '../../../pipelines/player/pictures/picture-file.ts';
import { Pictures } from '../../../pipelines/player/pictures/pictures.ts';
import { until } from '../../support/box.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

import { FRIDAY, openMedia, PNG } from './support/shown.ts';

const test = suite('pictures that guests see');

test('its picture is served under a name of its content, also after the file was replaced', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-picture-'));
  const file = join(folder, 'duo.jpg');
  const { drop, ask, catalogue, report } = openMedia();
  const settle = async (isSettled: (picture: unknown) => boolean) => {
    for (let i = 0; i < 6_000 && !isSettled(report()['picture']); i += 1) {
      drop.show({ ...FRIDAY, pictureFile: file });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return String(report()['picture']);
  };
  assert.is(report()['picture'], undefined);
  await writeFile(file, Buffer.concat([PNG, Buffer.from('one')]));
  const first = await settle((path) => path !== undefined);
  assert.match(first, /^picture-\w{8,}\.png$/);
  assert.match(ask(`/${first}`).text, /one$/);
  const { headers } = ask(`/${first}`);
  const etag = headers[headers.indexOf('ETag') + 1] ?? '';
  assert.equal([...catalogue.listed], [[`/${first}`, etag]], 'in the catalogue of assets');
  await writeFile(file, Buffer.concat([PNG, Buffer.from('another')]));
  const second = await settle((path) => path !== first);
  assert.match(ask(`/${second}`).text, /another$/);
  assert.is(ask(`/${first}`).status, 404);
  assert.equal([...catalogue.listed.keys()], [`/${second}`]);
  for (const bad of ['no picture', '<svg onload=alert(1)>']) {
    await writeFile(file, bad);
    assert.is(await settle((path) => path === undefined), 'undefined', bad);
  }
  await rm(folder, { recursive: true });
});

test('what is sold has its picture too, kept by caches, and guests learn nothing of the file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-picture-'));
  const file = (name: string) => join(folder, name);
  const { drop, ask, report } = openMedia();
  const article = (name: string) => {
    const price = { price: 2500, currency: 'EUR', isOpen: true };
    return { name, ...price, pictureFile: file(name) };
  };
  const names = ['poster', 'large', 'page', 'gone'];
  const shop: ShopOnPage = { articles: names.map(article) };
  await writeFile(file('poster'), Buffer.concat([PNG, Buffer.from('one')]));
  await writeFile(file('large'), Buffer.concat([PNG, Buffer.alloc(512 * 1024)]));
  await writeFile(file('page'), '<html><script>alert(1)</script>');
  const pictures = () => (report()['shop'] as ShopOnPage).articles.map(({ picture }) => picture);
  drop.setShop(shop);
  for (let i = 0; i < 6_000 && pictures()[0] === undefined; i += 1) {
    drop.setShop(shop);
    // The drop that is shown must not put them out of mind.
    drop.show(FRIDAY);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const [poster = '', ...others] = pictures();
  assert.equal(others, [undefined, undefined, undefined]);
  assert.not.match(ask('/drop.json').text, folder);
  const { status, text, headers } = ask(`/${poster}`);
  assert.equal([status, text.endsWith('one')], [200, true]);
  assert.match(headers.join(), 'immutable');
  assert.match(headers.join(), 'image/png');
  drop.setShop(undefined);
  for (let i = 0; i < 6_000 && ask(`/${poster}`).status === 200; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.is(ask(`/${poster}`).status, 404, 'what is not sold any more is forgotten');
  await rm(folder, { recursive: true });
});

test('a photograph that is too large to be sent is made smaller once, and then shown', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-picture-'));
  const [duo, poster, bad] = ['duo.jpg', 'poster.jpg', 'bad.jpg'].map((name) => join(folder, name));
  const shrunk: string[] = [];
  const { drop, ask, catalogue, report } = openMedia(async (file, { maxBytes, sidePx }) => {
    shrunk.push([file.split('/').at(-1), maxBytes / 1024, sidePx].join(' '));
    // It takes longer than it takes until all files are looked at again.
    for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setTimeout(resolve, 1));
    if (file === bad) throw new Error('it cannot be decoded');
    return Buffer.from(`small ${shrunk.length}`);
  });
  const article = { name: 'Poster', price: 2500, currency: 'EUR', isOpen: true };
  const articles = [poster, bad].map((pictureFile) => ({
    ...article,
    pictureFile: pictureFile ?? '',
  }));
  const shownNow = () => {
    drop.show({ ...FRIDAY, pictureFile: duo ?? '' });
    drop.setShop({ articles });
    const { picture, shop } = report() as { picture?: string; shop: ShopOnPage };
    return [picture, ...shop.articles.map((one) => one.picture)];
  };
  for (const file of [duo, poster, bad]) await writeFile(file ?? '', Buffer.alloc(9 * 1024 ** 2));
  await until(() => shownNow()[0] !== undefined && shownNow()[1] !== undefined, 60_000);
  await until(() => shownNow().length > 0 && shrunk.length === 3, 60_000);
  const wanted = ['duo.jpg 2048 1920', 'poster.jpg 512 640', 'bad.jpg 512 640'];
  assert.equal([...shrunk].sort(), [...wanted].sort(), 'each once');
  const [first = '', item = '', none] = shownNow();
  assert.is(none, undefined);
  for (const path of [first, item]) assert.match(path, /^picture-\w{8,}\.jpg$/);
  assert.match(ask(`/${first}`).text, /^small \d$/);
  assert.match(ask(`/${first}`).headers.join(), 'image/jpeg');
  assert.equal([...catalogue.listed.keys()].sort(), [`/${first}`, `/${item}`].sort());
  await writeFile(duo ?? '', Buffer.alloc(10 * 1024 ** 2));
  await until(() => ![first, undefined].includes(shownNow()[0]), 60_000);
  assert.is(ask(`/${shownNow()[0]}`).text, 'small 4');
  await rm(folder, { recursive: true });
});

test('a picture that could not be made smaller is tried again after a minute, a bad one is not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-picture-'));
  const file = join(folder, 'poster');
  await writeFile(file, Buffer.alloc(20_000));
  const clock = new VirtualClock();
  for (const [fault, tries] of [
    [new Error('the disk is full'), 2],
    [new PictureError('it cannot be decoded'), 1],
  ] as const) {
    let asked = 0;
    const pictures = new Pictures({
      ...{ clock, log: silentLog, signal: new AbortController().signal },
      onShrunk: () => undefined,
      shrink: async () => {
        asked += 1;
        if (asked === 1) throw fault;
        return PNG;
      },
    });
    const look = async () => {
      await pictures.refresh([{ file, maxBytes: 10_000, sidePx: 640 }]);
      await new Promise((resolve) => setImmediate(resolve));
    };
    await look();
    await clock.advance(59_000);
    await look();
    assert.is(asked, 1, 'within a minute');
    await clock.advance(1_000);
    await look();
    await look();
    assert.is(asked, tries, fault.message);
    assert.is(pictures.find(file) !== undefined, tries === 2);
  }
  await rm(folder, { recursive: true });
});

test('a look at files that takes longer than a later one does not bring back what is not wanted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-picture-'));
  const file = join(folder, 'poster');
  await writeFile(file, PNG);
  const clock = new VirtualClock();
  const deps = { shrink: async () => PNG, onShrunk: () => undefined, clock, log: silentLog };
  const pictures = new Pictures({ ...deps, signal: new AbortController().signal });
  const wanted = [{ file, maxBytes: 10_000, sidePx: 640 }];
  await Promise.all([pictures.refresh(wanted), pictures.refresh([])]);
  assert.is(pictures.find(file), undefined);
  await Promise.all([pictures.refresh([]), pictures.refresh(wanted)]);
  assert.ok(pictures.find(file));
  await rm(folder, { recursive: true });
});

test.run();
