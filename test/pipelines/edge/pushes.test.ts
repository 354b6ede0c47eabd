/** An edge reads each pushed stream of its upstream once, for all its clients. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openCdnLoop } from '../../../pipelines/edge/cdn-loop.ts';
import { openPushUpstream } from '../../../pipelines/edge/push-upstream.ts';
import { EdgePushes } from '../../../pipelines/edge/pushes.ts';
import { refuse } from '../../../pipelines/http/reply.ts';
import { type ReadRecord, RecordReader } from '../../../pipelines/push/wire/reader.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { serve } from '../../support/viewer-server.ts';
import { openPushes } from '../push/support/open-pushes.ts';

const test = suite('pushed streams of an edge');

const WITHIN_MS = 60_000;

async function openRoom() {
  const { feed, pushes } = openPushes({ hasIdrs: true });
  feed.run(3.3);
  const asked: string[] = [];
  const [port, edgePort] = [await freePort(), await freePort()];
  const origin = await serve((request) => {
    asked.push(`${request.path}?${request.query}`);
    return pushes.answer(request) ?? refuse(404, 'no');
  }, port);
  const stop = new AbortController();
  let nowMs = 0;
  const edge = new EdgePushes({
    upstream: openPushUpstream(new URL(`http://127.0.0.1:${port}`)),
    loop: openCdnLoop(),
    nowMs: () => nowMs,
    wake: (key) => server.wake(key),
    onAnswer: () => undefined,
    signal: stop.signal,
  });
  const server = await serve((request) => edge.answer(request) ?? refuse(404, 'no'), edgePort);
  const running = edge.run();
  return {
    feed,
    asked,
    edge,
    base: `http://127.0.0.1:${edgePort}`,
    passed: (ms: number) => {
      nowMs += ms;
    },
    killOrigin: () => origin[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
      await server[Symbol.asyncDispose]();
      await origin[Symbol.asyncDispose]();
    },
  };
}

/** Reads until the response ends. */
async function read(url: string) {
  const records: ReadRecord[] = [];
  const response = await fetch(url);
  const reader = new RecordReader();
  const ended = (async () => {
    for await (const chunk of response.body ?? []) records.push(...reader.add(chunk, 0));
  })();
  return { status: response.status, records, ended };
}

const bytesOf = (records: readonly ReadRecord[]) =>
  Buffer.concat(records.map(({ bytes }) => bytes));

test('all its clients get the upstream’s bytes from one request', async () => {
  await using room = await openRoom();
  const clients = await Promise.all(
    Array.from({ length: 5 }, () => read(`${room.base}/live/push/high`)),
  );
  room.feed.run(2);
  room.feed.presentation.end(room.feed.nowUs());
  await Promise.all(clients.map(({ ended }) => ended));
  const [first] = clients;
  assert.ok(first !== undefined && first.records.length > 15);
  assert.is(first.records.at(-1)?.header.kind, 'ended');
  for (const { records } of clients) assert.ok(bytesOf(records).equals(bytesOf(first.records)));
  assert.equal(room.asked, ['/live/push/high?']);
});

test('a client that comes later begins with a key frame, without another request', async () => {
  await using room = await openRoom();
  const first = await read(`${room.base}/live/push/low?chunk=frame`);
  room.feed.run(2.5);
  await until(() => first.records.length > 60, WITHIN_MS);
  const later = await read(`${room.base}/live/push/low?chunk=frame`);
  await until(() => later.records.some(({ header }) => header.kind === 'media'), WITHIN_MS);
  const media = later.records.find(({ header }) => header.kind === 'media');
  assert.ok(media?.header.isStart && media.header.track === 'video');
  assert.is(room.asked.length, 1);
  room.feed.presentation.end(room.feed.nowUs());
  await Promise.all([first.ended, later.ended]);
});

test('where the upstream is lost its clients are sent to fetch parts', async () => {
  await using room = await openRoom();
  const client = await read(`${room.base}/live/push/high`);
  room.feed.run(1);
  await until(() => client.records.length > 5, WITHIN_MS);
  await room.killOrigin();
  await client.ended;
  assert.is(client.records.at(-1)?.header.kind, 'slow');
  assert.is((await read(`${room.base}/live/push/high`)).status, 503);
});

test('a stream that the upstream does not have is refused, and costs nothing afterwards', async () => {
  await using room = await openRoom();
  assert.is((await read(`${room.base}/live/push/none`)).status, 404);
  assert.is((await read(`${room.base}/live/push/high?chunk=x`)).status, 400);
  assert.is(room.edge.count, 0);
});

/** An edge whose upstream answers for `real` and no other name. */
function openHungEdge() {
  const stop = new AbortController();
  const edge = new EdgePushes({
    upstream: async (url, _headers, { onStatus }, signal) => {
      if (url.includes('/real-')) onStatus(200);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
    loop: openCdnLoop(),
    nowMs: () => 0,
    wake: () => undefined,
    onAnswer: () => undefined,
    signal: stop.signal,
  });
  /** False where it is refused. */
  const ask = (name: string, address: string): boolean => {
    const path = `/live/push/${name}`;
    const query = new URLSearchParams();
    const answer = edge.answer({ path, query, header: () => undefined, address });
    return answer !== undefined && 'wait' in answer;
  };
  return { edge, ask, stop };
}

test('made-up names keep nobody from the streams that there are', () => {
  const { edge, ask, stop } = openHungEdge();
  for (let guest = 1; guest <= 5; guest += 1) {
    const taken = Array.from({ length: 30 }, (_, i) =>
      ask(`made-up-${guest}-${i}`, `10.0.0.${guest}`),
    );
    assert.ok(taken.filter(Boolean).length <= 4);
    for (let i = 0; i < 10; i += 1) assert.ok(ask(`real-${i}`, '10.0.0.99'), `${guest} floods`);
  }
  assert.ok(edge.count <= 32);
  stop.abort();
});

test('a stream that is read already costs no address anything', () => {
  const { ask, stop } = openHungEdge();
  for (let i = 0; i < 4; i += 1) ask(`made-up-${i}`, 'room');
  assert.not.ok(ask('made-up-5', 'room'));
  assert.ok(ask('made-up-1', 'room'), 'it joins');
  ask('real-1', 'elsewhere');
  assert.ok(ask('real-1', 'room'));
  stop.abort();
});

test('a stream that nobody reads any more is left', async () => {
  await using room = await openRoom();
  const stop = new AbortController();
  await fetch(`${room.base}/live/push/high`, { signal: stop.signal });
  assert.is(room.edge.count, 1);
  stop.abort();
  await until(() => {
    room.passed(10_000);
    return room.edge.count === 0;
  }, WITHIN_MS);
});

test.run();
