/** Parts for readers that restart or are slow. */
import { connect, createServer, type Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Outbox } from '../../../pipelines/feed/outbox.ts';
import type { RecordedPart } from '../../../pipelines/feed/part.ts';
import { type WireMessage, WireReader } from '../../../pipelines/feed/wire.ts';
import { until } from '../../support/box.ts';

const test = suite('feed: outbox');

const PART_MS = 200;

function partOf(i: number, bytes = 1_000, trackId = 'high'): RecordedPart {
  return {
    trackId,
    kind: 'video',
    msn: Math.floor(i / 5),
    isSegmentStart: i % 5 === 0,
    isDiscontinuity: false,
    startUs: i * PART_MS * 1000,
    durationUs: PART_MS * 1000,
    initId: 'x',
    bytes: Buffer.alloc(bytes, i),
  };
}

/** A reader on loopback that reads on request. */
async function openReader(outbox: Outbox) {
  const server = createServer((socket) => outbox.connect(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const messages: WireMessage[] = [];
  const join = async () => {
    const reader = new WireReader();
    const socket: Socket = connect(port, '127.0.0.1');
    socket.on('data', (chunk: Buffer) => {
      const read = reader.push(chunk);
      if (read !== 'malformed') messages.push(...read);
    });
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    return socket;
  };
  return {
    messages,
    join,
    parts: () =>
      messages.flatMap((one) => (one.type === 'part' ? [one.part.startUs / 1000 / PART_MS] : [])),
    [Symbol.asyncDispose]: async () => {
      outbox.close();
      server.close();
    },
  };
}

test('a reader that is there gets everything once, in order', async () => {
  const outbox = new Outbox('high');
  await using reader = await openReader(outbox);
  outbox.setInit({ type: 'init', trackId: 'high', initId: 'x', bytes: Buffer.from('init') });
  outbox.setDrop({ epochMs: 5 });
  await reader.join();
  await until(() => reader.messages.length > 0, 10_000);
  for (let i = 0; i < 100; i += 1) outbox.add(partOf(i), 0);
  outbox.setDrop(undefined);
  await until(() => reader.messages.at(-1)?.type === 'off', 10_000);
  assert.equal(
    reader.messages.slice(0, 2).map(({ type }) => type),
    ['on', 'init'],
  );
  assert.equal(reader.parts(), [...Array(100).keys()]);
});

test('a reader that connects within half a minute misses nothing; one that connects later is sent that it does', async () => {
  const outbox = new Outbox('high');
  outbox.setDrop({ epochMs: 5 });
  for (let i = 0; i < 40; i += 1) outbox.add(partOf(i), 0);
  await using reader = await openReader(outbox);
  await reader.join();
  await until(() => reader.parts().length === 40, 10_000);
  assert.equal(reader.messages[0], { type: 'on', isFromStart: true, epochMs: 5 });
  for (let i = 40; i < 200; i += 1) outbox.add(partOf(i), 0);
  await until(() => reader.parts().at(-1) === 199, 10_000);
  reader.messages.length = 0;
  await reader.join();
  await until(() => reader.parts().at(-1) === 199, 10_000);
  assert.equal(reader.messages[0], { type: 'on', isFromStart: false, epochMs: 5 });
  assert.ok(reader.parts().length <= 152);
});

test('a reader that comes back gets what was not safe, from the start of its segment', async () => {
  const outbox = new Outbox('high');
  outbox.setDrop({ epochMs: 5 });
  for (let i = 0; i < 30; i += 1) outbox.add(partOf(i), 0);
  outbox.setWritten(4);
  await using reader = await openReader(outbox);
  await reader.join();
  await until(() => reader.parts().at(-1) === 29, 10_000);
  assert.equal(reader.messages[0], { type: 'on', isFromStart: false, epochMs: 5 });
  assert.is(reader.parts()[0], 20);
});

test('a reader that does not read uses bounded memory, and is sent what it lost when it reads again', async () => {
  const outbox = new Outbox('high');
  await using reader = await openReader(outbox);
  outbox.setDrop({ epochMs: 5 });
  const socket = await reader.join();
  await until(() => reader.messages.length > 0, 10_000);
  socket.pause();
  const count = 100;
  for (let i = 0; i < count; i += 1) {
    outbox.add(partOf(i, 500_000), 0);
    outbox.add(partOf(i, 1_000, 'audio'), 0);
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.resume();
  const sent = () => reader.messages.flatMap((one) => (one.type === 'part' ? [one.part] : []));
  await until(() => sent().length > 20, 10_000);
  // Its queue is drained by now: what comes next goes through again.
  await until(() => {
    outbox.add(partOf(count, 1_000), 0);
    return reader.messages.some(({ type }) => type === 'lost');
  }, 10_000);
  const got = sent().filter(
    ({ trackId, startUs }) => trackId === 'high' && startUs < count * PART_MS * 1000,
  );
  const lost = reader.messages.find((one) => one.type === 'lost');
  const queuedBytes = got.length * 500_000;
  assert.ok(queuedBytes < 25_000_000, `${queuedBytes} bytes were queued`);
  const added = sent().filter(({ startUs }) => startUs === count * PART_MS * 1000).length;
  assert.ok(added > 0);
  assert.ok(
    lost?.type === 'lost' && lost.lostMs >= (count - got.length) * PART_MS,
    JSON.stringify(lost),
  );
});

test.run();
