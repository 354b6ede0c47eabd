/** The example for nginx, in a real nginx in front of a real origin. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../support/box.ts';
import { followTogether, openCountedOrigin } from '../support/counted-origin.ts';
import { startNginx } from '../support/network/nginx.ts';

const test = suite('nginx in front of a box');

const VIEWERS = 150;
const STEPS = 8;

test('99 % of media are hits, and each playlist version is one request at the box', async () => {
  await using origin = await openCountedOrigin();
  await using nginx = await startNginx(origin.url);
  const live = () => origin.asked.filter((path) => path.startsWith('/live/'));
  const wanted = { viewers: VIEWERS, steps: STEPS };
  const { statuses, parts } = await followTogether(nginx.url, origin, wanted, async (step) => {
    await until(() => live().length === 2 * step, 20_000);
  });
  assert.equal([...statuses], [200]);
  assert.is(parts, VIEWERS * STEPS);
  assert.is(live().length, 2 * STEPS, live().join(' '));
  assert.is(new Set(live()).size, live().length);
  await until(() => nginx.logged().length >= 2 * VIEWERS * STEPS, 10_000);
  const media = nginx.logged().filter(({ path }) => path.endsWith('.m4s'));
  const hits = media.filter(({ cache }) => cache === 'HIT').length;
  assert.is(media.length, VIEWERS * STEPS);
  assert.ok(hits >= 0.99 * media.length, `${hits} of ${media.length}`);
});

test('who asks with other spellings gets the same copy: queries, encodings', async () => {
  await using origin = await openCountedOrigin();
  await using nginx = await startNginx(origin.url);
  const { msn } = origin.next();
  const part = `/live/high/${msn - 1}.0.m4s`;
  for (const path of [part, `${part}?a=1`, `${part}?b=2`]) {
    assert.is((await fetch(`${nginx.url}${path}`)).status, 200);
  }
  assert.is(origin.asked.filter((path) => path.startsWith(part)).length, 1);
  const list = `/live/high/index.m3u8?_HLS_msn=${msn - 1}`;
  for (const encoding of ['gzip', 'gzip, br', 'deflate, gzip;q=1.0', 'identity', 'br']) {
    const reply = await fetch(`${nginx.url}${list}`, { headers: { 'accept-encoding': encoding } });
    assert.match(await reply.text(), '#EXTM3U');
    assert.is(reply.headers.get('content-encoding'), encoding.includes('gzip') ? 'gzip' : null);
  }
  assert.is(origin.asked.filter((path) => path === list).length, 2);
});

test('phones and laptops get their own ladder through it', async () => {
  await using origin = await openCountedOrigin();
  await using nginx = await startNginx(origin.url);
  const ladder = async (agent: string) => {
    const headers = { 'user-agent': agent };
    return await (await fetch(`${nginx.url}/live/index.m3u8`, { headers })).text();
  };
  assert.match(await ladder('X11'), 'high/index.m3u8');
  assert.not.match(await ladder('iPhone'), 'high/index.m3u8');
  assert.match(await ladder('X11'), 'high/index.m3u8');
});

test('Cache-Status names the box first and nginx last', async () => {
  await using origin = await openCountedOrigin();
  await using nginx = await startNginx(origin.url);
  const path = `${nginx.url}/live/high/${origin.next().msn - 1}.0.m4s`;
  const statusOf = async () => {
    const reply = await fetch(path);
    await reply.arrayBuffer();
    return reply.headers.get('cache-status');
  };
  assert.is(await statusOf(), 'venuebox; hit, nginx; fwd=uri-miss; stored');
  assert.is(await statusOf(), 'venuebox; hit, nginx; hit');
});

test('while the box is away its copies are still sent', async () => {
  await using origin = await openCountedOrigin();
  await using nginx = await startNginx(origin.url);
  const { msn } = origin.next();
  const part = `${nginx.url}/live/high/${msn - 1}.0.m4s`;
  const list = `${nginx.url}/live/high/index.m3u8?_HLS_msn=${msn - 1}`;
  for (const url of [part, list]) assert.is((await fetch(url)).status, 200);
  await origin.kill();
  for (const url of [part, list]) assert.is((await fetch(url)).status, 200);
});

test('a part that was requested early is fetched again, not answered by the 404 of before', async () => {
  await using origin = await openCountedOrigin();
  await using nginx = await startNginx(origin.url);
  const { msn } = origin.next();
  const url = `${nginx.url}/live/high/${msn + 1}.0.m4s`;
  assert.is((await fetch(url)).status, 404);
  origin.feed.run(2.5);
  assert.is((await fetch(url)).status, 200);
});

test.run();
