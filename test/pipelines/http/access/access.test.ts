/** Posters and previews with and without a token. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Edge } from '../../../../pipelines/edge/edge.ts';
import {
  openAccess,
  openTokenAccess,
  PUBLIC_ACCESS,
  withAccess,
} from '../../../../pipelines/http/access/access.ts';
import { signPath } from '../../../../pipelines/http/access/token.ts';
import type { HttpRequest } from '../../../../pipelines/http/handlers.ts';
import { type Reply, reply } from '../../../../pipelines/http/reply.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const test = suite('access of posters and previews');

const KEY = Buffer.from('a secret of this venue');
const POSTER = '/posters/live-640';

const requestOf = (path: string): HttpRequest => ({
  path,
  query: new URLSearchParams(),
  header: () => undefined,
});

/** What is behind a access, and the paths that got there. */
function openHouse(maxAgeS = 30) {
  let nowS = 1_000_000;
  const asked: string[] = [];
  const access = openTokenAccess(KEY, () => nowS);
  const answer = withAccess(access, ({ path }: HttpRequest): Reply => {
    asked.push(path);
    return reply(200, [Buffer.from('picture')], { type: 'image/jpeg', cacheS: maxAgeS });
  });
  return {
    access,
    asked,
    get: (path: string) => answer(requestOf(path)),
    wait: (seconds: number) => {
      nowS += seconds;
    },
    nowS: () => nowS,
  };
}

const headerOf = ({ headers }: Reply, name: string) => headers[headers.indexOf(name) + 1];

test('without a token posters and previews are 403; the stream and clips need none', () => {
  const house = openHouse();
  for (const path of [POSTER, '/posters/poster-abcdefghijk-640.avif', '/clips/preview-a.mp4']) {
    assert.is(house.get(path).status, 403, path);
  }
  for (const path of ['/live/index.m3u8', '/clips/clip-a.mp4', '/']) {
    assert.is(house.get(path).status, 200, path);
  }
  assert.equal(house.asked, ['/live/index.m3u8', '/clips/clip-a.mp4', '/']);
});

test('a token is valid until it expires, and handlers never see it', () => {
  const house = openHouse();
  const signed = house.access.sign(POSTER);
  assert.is(house.get(signed).status, 200);
  assert.equal(house.asked, [POSTER]);
  assert.is(house.get(signed.replace('640', '320')).status, 403);
  house.wait(86_400 + 3_600);
  const late = house.get(signed);
  assert.is(late.status, 403);
  assert.match(String(late.body[0]), 'expired');
  assert.is(house.asked.length, 1);
});

test('an address is the same for an hour, so a page that holds it is too', () => {
  const house = openHouse();
  const first = house.access.sign(POSTER);
  const left = 3_600 - (house.nowS() % 3_600);
  house.wait(left - 1);
  assert.is(house.access.sign(POSTER), first);
  house.wait(2);
  assert.is.not(house.access.sign(POSTER), first);
});

test('the lifetime of a picture in caches ends with its token', () => {
  const house = openHouse(31_536_000);
  const signed = signPath(POSTER, house.nowS() + 40, KEY);
  assert.is(headerOf(house.get(signed), 'Cache-Control'), 'max-age=40');
  const short = openHouse(10);
  assert.is(headerOf(short.get(short.access.sign(POSTER)), 'Cache-Control'), 'max-age=10');
});

test('a hundred tokens are one copy at an edge: the token is no part of its key', async () => {
  const house = openHouse();
  const clock = new VirtualClock();
  const asked: string[] = [];
  let wake = (): void => undefined;
  const edge = new Edge({
    upstream: async (url) => {
      asked.push(url);
      return { status: 200, headers: { 'cache-control': 'max-age=60' }, body: Buffer.from('x') };
    },
    clock,
    maxBytes: 1_000_000,
    holdMs: 3_000,
    signal: new AbortController().signal,
    wake: () => wake(),
  });
  const answer = withAccess(house.access, (request) => edge.answer(request));
  const first = answer(requestOf(house.access.sign(POSTER)));
  assert.ok('wait' in first);
  const got = await new Promise<Reply | undefined>((resolve) => {
    wake = () => resolve('wait' in first ? first.retry() : first);
  });
  assert.is(got?.status, 200);
  for (let i = 1; i < 100; i += 1) {
    const reply = answer(requestOf(signPath(POSTER, house.nowS() + 100 + i, KEY)));
    assert.ok('status' in reply && reply.status === 200);
  }
  assert.equal(asked, [POSTER]);
});

test('without a secret all is public; errors of a short or missing one do not contain it', () => {
  assert.is(
    openAccess('', () => 0),
    PUBLIC_ACCESS,
  );
  const file = join(mkdtempSync(join(tmpdir(), 'venuebox-access-')), 'secret');
  assert.throws(() => openAccess(file, () => 0), /token_secret_file: .* cannot be read/);
  writeFileSync(file, 'tooshort\n');
  assert.throws(
    () => openAccess(file, () => 0),
    ({ message }: Error) => /must hold 16 to/.test(message) && !message.includes('tooshort'),
  );
});

test.run();
