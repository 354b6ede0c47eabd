/** What few addresses may take of the viewers' server, and what is left for a new guest. */
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import type { HttpRequest } from '../../../pipelines/http/handlers.ts';
import { refuse, reply } from '../../../pipelines/http/reply.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { fileReplyOf, makeLargeFile } from '../../support/large-file.ts';
import { makeLocalhostTls } from '../../support/localhost-tls.ts';
import { serve } from '../../support/viewer-server.ts';
import { rapidResets, sendOverTls } from './support/broken-client.ts';

const test = suite('shares of the viewers’ server');

const FILE = fileReplyOf(makeLargeFile());

function get({ path }: HttpRequest) {
  if (path === '/file') return FILE;
  if (path === '/hold') {
    const expired = () => refuse(503, 'late');
    return { wait: 'track', holdMs: 20_000, retry: () => undefined, expired };
  }
  return reply(200, [Buffer.from(path)], { type: 'text/plain', cacheS: 0 });
}

/** The status that a guest at this address gets on a new connection; 0 where it is closed. */
function ask(port: number, localAddress: string, path = '/x'): Promise<number> {
  const options = { host: '127.0.0.1', port, path, localAddress, agent: false };
  return new Promise((resolve) => {
    const request = httpRequest(options, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    request.once('error', () => resolve(0));
    request.end();
  });
}

async function fill(
  port: number,
  { addresses, each, text }: { addresses: number; each: number; text: string },
): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  for (let a = 0; a < addresses; a += 1) {
    const localAddress = `127.7.0.${a + 1}`;
    const opened = Array.from({ length: each }, () => {
      const socket = connect({ host: '127.0.0.1', port, localAddress });
      socket.on('error', () => undefined);
      socket.once('connect', () => socket.write(text));
      return socket;
    });
    sockets.push(...opened);
    await Promise.all(opened.map((one) => new Promise((done) => one.once('connect', done))));
  }
  return sockets;
}

const KEEP_ALIVE = 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n';

for (const [what, text] of [
  ['keep-alive connections', KEEP_ALIVE],
  ['held requests', 'GET /hold HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['half a request', 'GET /x HT'],
] as const) {
  test(`24 addresses take all connections with ${what}, and a new guest gets 200`, async () => {
    const port = await freePort();
    await using served = await serve(get, port, { maxConnections: 240 });
    const sockets = await fill(port, { addresses: 24, each: 10, text });
    for (const socket of sockets) socket.resume();
    await until(() => served.server.figures().connections === 240, 60_000);
    for (let i = 0; i < 20; i += 1) assert.is(await ask(port, `127.0.1.${i + 1}`), 200);
    for (const socket of sockets) socket.destroy();
  });
}

test('an address at its limit gets a new connection for its longest idle one', async () => {
  const port = await freePort();
  await using served = await serve(get, port, { maxConnectionsPerAddress: 10 });
  const sockets = await fill(port, { addresses: 1, each: 10, text: KEEP_ALIVE });
  assert.is(await ask(port, '127.7.0.1'), 0, 'none has been idle for long');
  await systemClock.sleep(1_100);
  assert.is(await ask(port, '127.7.0.1'), 200);
  assert.ok(served.server.figures().connections <= 10);
  for (const socket of sockets) socket.destroy();
});

test('150 guests behind one router have four connections each', async () => {
  const port = await freePort();
  const limits = { maxConnections: 6_000, maxConnectionsPerAddress: 1_024 };
  await using served = await serve(get, port, limits);
  const text = 'GET /hold HTTP/1.1\r\nHost: a\r\n\r\n';
  const sockets = await fill(port, { addresses: 1, each: 600, text });
  await until(() => served.server.figures().held === 600, 60_000);
  assert.is(served.server.figures().refusedTotal, 0);
  for (const socket of sockets) socket.destroy();
});

test('slow readers of 4 addresses do not take all files', async () => {
  const port = await freePort();
  await using served = await serve(get, port);
  const text = 'GET /file HTTP/1.1\r\nHost: a\r\n\r\n';
  const sockets = await fill(port, { addresses: 4, each: 128, text });
  const asked = () => served.server.figures().requestsTotal;
  await until(
    () => asked() === 512,
    120_000,
    () => `${asked()} of 512`,
  );
  for (let i = 0; i < 8; i += 1) assert.is(await ask(port, `127.0.1.${i + 1}`, '/file'), 200);
  for (const socket of sockets) socket.destroy();
});

test('too many requests of one address get 429, and another address is served', async () => {
  const port = await freePort();
  const clock = { ...systemClock, monotonicMs: () => 0 };
  await using _ = await serve(get, port, { maxConnectionsPerAddress: 10 }, clock);
  const statuses: string[] = [];
  const [greedy] = await fill(port, { addresses: 1, each: 1, text: '' });
  let rest = '';
  greedy?.on('data', (data: Buffer) => {
    const text = rest + String(data);
    let read = 0;
    for (const found of text.matchAll(/HTTP\/1.1 (\d{3}) /g)) {
      statuses.push(found[1] ?? '');
      read = found.index + found[0].length;
    }
    rest = text.slice(read);
  });
  for (let sent = 0; sent < 12_020; sent += 4) {
    greedy?.write(KEEP_ALIVE.repeat(4));
    while (statuses.length < sent + 4) await once(greedy as Socket, 'data');
  }
  assert.is(statuses.indexOf('429'), 12_000);
  assert.is(await ask(port, '127.0.1.1'), 200);
  greedy?.destroy();
});

test('a burst of stream resets ends in GOAWAY, and the address is refused; others lose nothing', async () => {
  const [port, tlsPort] = [await freePort(), await freePort()];
  await using served = await serve(get, port, { tls: { port: tlsPort, ...makeLocalhostTls() } });
  const watching = connect({ host: '127.0.0.1', port, localAddress: '127.0.1.9' });
  watching.write('GET /hold HTTP/1.1\r\nHost: a\r\n\r\n');
  await until(() => served.server.figures().held === 1, 2_000);
  const raw = connect({ host: '127.0.0.1', port: tlsPort, localAddress: '127.7.0.1' });
  raw.on('error', () => undefined);
  const secure = await sendOverTls(raw, rapidResets(20));
  secure.resume();
  await systemClock.sleep(200);
  assert.is(await ask(port, '127.7.0.1'), 200, 'a few resets are usual');
  const hostile = connect({ host: '127.0.0.1', port: tlsPort, localAddress: '127.7.0.1' });
  hostile.on('error', () => undefined);
  const received: Buffer[] = [];
  const burst = await sendOverTls(hostile, rapidResets(400));
  burst.on('data', (data: Buffer) => received.push(data)).resume();
  await new Promise((resolve) => hostile.once('close', resolve));
  // GOAWAY (type 7) with ENHANCE_YOUR_CALM (0xb).
  const answer = Buffer.concat(received).toString('hex');
  assert.match(answer, /00000807000000000[0-9a-f]{9}0000000b/);
  assert.is(await ask(port, '127.7.0.1'), 0);
  assert.is(await ask(port, '127.0.1.1'), 200);
  assert.is(served.server.figures().held, 1, 'who watches goes on');
  for (const socket of [watching, raw]) socket.destroy();
});

test.run();
