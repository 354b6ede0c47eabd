/** The drop that guests see: before it, while it is on, and between it and the next. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../hal/os/log.ts';
import type { HttpRequest } from '../../../pipelines/http/handlers.ts';
import { DropState, type DropStateDeps } from '../../../pipelines/media/drop-state.ts';
import type { DropOnPage, ShopOnPage } from '../../../pipelines/player/drop-report.ts';
import { openPages } from '../../../pipelines/player/pages.ts';
import { PictureError } from '../../../pipelines/player/pictures/picture-file.ts';
import { Pictures, type PicturesDeps } from '../../../pipelines/player/pictures/pictures.ts';
import { until } from '../../support/box.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('the drop that guests see');

const PNG = Buffer.from('89504e470d0a1a0a00000000', 'hex');
const FRIDAY: DropOnPage = {
  ...{ id: 'friday', title: 'Friday Duo' },
  ...{ startsAt: '2026-12-04T20:00:00Z', endsAt: '2026-12-04T23:00:00Z' },
  ...{ isNext: true, isNextNearer: false, hasReactions: true },
};

type Shrink = PicturesDeps['shrink'];

function openMedia(shrink: Shrink = async () => Promise.reject(new Error('no picture'))) {
  const pictures = new Pictures({
    ...{ shrink, clock: new VirtualClock(), log: silentLog, signal: new AbortController().signal },
    onShrunk: () => deps.onChange(),
  });
  let asked = -1;
  const catalogue = { listed: new Map<string, string>() as ReadonlyMap<string, string> };
  const deps = {
    pictures,
    onChange: () => {
      catalogue.listed = pictures.etags;
    },
    archive: {
      forGuests: (sinceMs: number) => {
        asked = sinceMs;
        return { clips: [], hasReplay: true, posters: [] };
      },
      setRecording: () => undefined,
    },
    presentation: { isEnded: true, listFromNow: () => undefined },
    notLive: { setLive: () => undefined },
    clock: { nowUs: () => 0, wallMs: () => Date.UTC(2027, 0) },
  } as unknown as DropStateDeps;
  const drop = new DropState(deps);
  const config = { title: 'Live', startsAt: '', hasReactions: true };
  const pages = openPages(config, () => drop.progress(), undefined, undefined, undefined, {
    answer: pictures.answer,
    variantsOf: () => [],
  });
  const ask = (path: string) => {
    const request: HttpRequest = {
      ...{ path, query: new URLSearchParams(), header: () => undefined },
      ownAddress: () => 'http://box',
    };
    const answer = pages.answer(request);
    const status = answer?.status ?? 0;
    return {
      status,
      headers: answer?.headers ?? [],
      text: Buffer.concat(answer?.body ?? []).toString('latin1'),
    };
  };
  return {
    drop,
    ask,
    catalogue,
    since: () => asked,
    report: () => JSON.parse(ask('/drop.json').text) as Record<string, unknown>,
  };
}

test('it has the title of the config until the daemon names one, everywhere', () => {
  const { drop, ask, report } = openMedia();
  assert.is(report()['title'], 'Live');
  drop.show(FRIDAY);
  assert.is(report()['title'], 'Friday Duo');
  assert.is(report()['startsAt'], '2026-12-04T20:00:00Z');
  assert.is(report()['hasReactions'], true);
  drop.show({ ...FRIDAY, hasReactions: false });
  assert.equal([report()['hasReactions'], drop.hasReactions], [false, false], 'of this drop');
  assert.is(report()['shown'], undefined);
  assert.match(ask('/').text, '<title>Friday Duo');
  assert.match(ask('/manifest.webmanifest').text, 'Friday Duo');
  assert.match(ask('/drop.ics').text, 'Friday Duo');
});

test('once it is over it keeps its title beside that of the next, until that one is nearer', () => {
  const { drop, ask, report } = openMedia();
  drop.set({ type: 'record', isOver: true });
  const last = { title: 'Friday Duo', dropId: '2026-12-04T20-00-01Z' };
  const next = { ...FRIDAY, title: 'Sunday', last };
  drop.show(next);
  assert.is(report()['isOver'], true);
  assert.is(report()['title'], 'Friday Duo');
  assert.equal(report()['next'], { title: 'Sunday' });
  assert.match(ask('/drop.ics').text, 'SUMMARY:Sunday', 'whose start it is');
  drop.show({ ...next, isNextNearer: true });
  assert.is(report()['isOver'], false);
  assert.is(report()['title'], 'Sunday');
  assert.is(report()['next'], undefined);
  drop.show({ ...next, isNext: false });
  assert.is(report()['next'], undefined, 'none is to come');
  assert.is(report()['startsAt'], '');
});

test('what is over stays so for a media process that has been restarted, with its own clips', () => {
  const { drop, report, since } = openMedia();
  const last = { title: 'Friday Duo', dropId: '2026-12-04T20-00-01Z' };
  drop.set({ type: 'record' });
  drop.show({ ...FRIDAY, title: 'Sunday', last });
  const { isOver, hasReplay, title } = report();
  assert.equal([isOver, hasReplay, title], [true, true, 'Friday Duo']);
  assert.is(since(), Date.UTC(2026, 11, 4, 20, 0, 1));
  drop.set({ type: 'record', dropId: '2026-12-06T11-00-00Z' });
  drop.show({ ...FRIDAY, title: 'Sunday', last });
  assert.equal([report()['isOver'], report()['title']], [false, 'Sunday'], 'another has begun');
  drop.set({ type: 'record', isOver: true });
  assert.is(report()['isOver'], true, 'in the moment of its end');
});

test('one that ended before its first frame is not over: it is still to come', () => {
  const { drop, report } = openMedia();
  drop.set({ type: 'record', dropId: '2026-12-04T20-00-01Z' });
  drop.set({ type: 'record', isOver: true });
  drop.show(FRIDAY);
  assert.equal([report()['isOver'], report()['title']], [false, 'Friday Duo']);
});

test('a drop that began and ended before its time is not the next one', () => {
  const { drop, ask, report } = openMedia();
  drop.show({ ...FRIDAY, isNext: false });
  assert.is(ask('/drop.ics').status, 200);
  drop.set({ type: 'record', isOver: true });
  assert.equal([report()['title'], report()['startsAt']], ['Friday Duo', '']);
  assert.is(ask('/drop.ics').status, 404);
});

test('a calendar moves the entry of a drop that is moved, which ends as planned', () => {
  const { drop, ask } = openMedia();
  const lines = () => ask('/drop.ics').text.split('\r\n');
  const uid = () => lines().find((line) => line.startsWith('UID:'));
  drop.show(FRIDAY);
  assert.is(uid(), 'UID:friday@box');
  assert.ok(lines().includes('DTEND:20261204T230000Z'));
  const moved = { ...FRIDAY, startsAt: '2026-12-05T20:00:00Z' };
  drop.show(moved);
  assert.is(uid(), 'UID:friday@box');
  assert.ok(lines().includes('DTSTART:20261205T200000Z'));
  assert.ok(lines().includes('DTEND:20261205T220000Z'), 'its end is that of the day before');
  drop.show({ ...moved, id: '' });
  assert.match(uid() ?? '', /^UID:\d+@venuebox$/);
});

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
