/** What an edge stores, shares and revalidates. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import type { Get } from '../../support/viewer-server.ts';
import { openRoom, openStream } from './support/counted-edge.ts';

const test = suite('what an edge stores');

test('viewers of different profiles get their own list, thousands of browsers cost three fetches', async () => {
  const feed = openStream();
  const still = { ...systemClock, monotonicMs: () => 0 };
  await using room = await openRoom((request) => feed.origin.answer(request), 3_000, still);
  const browsers = Array.from({ length: 40 }, (_, i) =>
    i % 2 === 0 ? `Mozilla/5.0 (iPhone) ${i}` : `Mozilla/5.0 (X11) ${i}`,
  );
  const replies = await Promise.all(
    browsers.map((browser) => room.get('/live/index.m3u8', { 'user-agent': browser })),
  );
  const texts = await Promise.all(replies.map((one) => one.text()));
  for (const [i, text] of texts.entries()) {
    assert.is(text.includes('high/index.m3u8'), i % 2 === 1, browsers[i]);
  }
  assert.ok(room.asked.length <= 3, room.asked.join());
});

test('one fetch serves clients with gzip and those without', async () => {
  const feed = openStream();
  await using room = await openRoom((request) => feed.origin.answer(request));
  const plain = await room.get('/live/audio/index.m3u8', { 'accept-encoding': 'identity' });
  assert.is(plain.headers.get('content-encoding'), null);
  assert.match(await plain.text(), '#EXTM3U');
  const packed = await room.get('/live/audio/index.m3u8', { 'accept-encoding': 'gzip' });
  assert.is(packed.headers.get('content-encoding'), 'gzip');
  assert.match(packed.headers.get('vary') ?? '', /accept-encoding/i);
  assert.is(room.asked.length, 1);
});

test('what may not be stored is fetched each time, and queries that mean nothing are no other address', async () => {
  let count = 0;
  const get: Get = () => {
    count += 1;
    return {
      status: 200,
      headers: ['Cache-Control', 'private, no-store'],
      body: [Buffer.from(String(count))],
    };
  };
  await using room = await openRoom(get);
  assert.is(await (await room.get('/live/mine')).text(), '1');
  assert.is(await (await room.get('/live/mine')).text(), '2');
  const feed = openStream();
  await using other = await openRoom((request) => feed.origin.answer(request));
  await other.get('/live/high/index.m3u8?a=1');
  await other.get('/live/high/index.m3u8?b=2');
  assert.is(other.asked.length, 1);
});

test('no query makes another fetch of one thing, and none ends the edge', async () => {
  const feed = openStream();
  await using room = await openRoom((request) => feed.origin.answer(request));
  const cut = `${'a'.repeat(31)}%F0%9F%98%80`;
  const main = '/live/index.m3u8';
  for (const query of [`profile=${cut}`, 'profile=tv', 'profile=constructor', 'profile=']) {
    const answer = await room.get(`${main}?${query}`);
    assert.is(answer.status, 400, query);
    assert.match(await answer.text(), 'no profile of that name; there are: phone,');
  }
  for (const query of ['_HLS_msn=-1', `_HLS_msn=${cut}`, '_HLS_msn=1&_HLS_part=x', '_HLS_part=1']) {
    const answer = await room.get(`/live/high/index.m3u8?${query}`);
    assert.is(answer.status, 400, query);
    assert.match(await answer.text(), '_HLS_');
  }
  assert.equal(room.asked, []);
  const edgeOf = feed.presentation.tracks()[0]?.window.edge();
  const part = `/live/high/${edgeOf?.msn}.0.m4s`;
  for (let n = 0; n < 12; n += 1) {
    assert.is((await room.get(`${part}?profile=${n}&_HLS_msn=${n}`)).status, 200);
    assert.is((await room.get(`/live/high/index.m3u8?profile=${n}&_HLS_skip=${n}`)).status, 200);
  }
  assert.equal(new Set(room.asked), new Set([part, '/live/high/index.m3u8']));
  assert.is(room.asked.filter((path) => path === part).length, 1);
});

test.run();
