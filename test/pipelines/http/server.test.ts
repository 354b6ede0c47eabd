/** The viewers' server on real sockets: what a slow, greedy or hostile client gets. */
import { readdirSync, readlinkSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import type { HttpRequest, Wait } from '../../../pipelines/http/handlers.ts';
import { type Reply, refuse, reply } from '../../../pipelines/http/reply.ts';
import { ViewerServer } from '../../../pipelines/http/server.ts';
import type { ServerOptions } from '../../../pipelines/http/server-settings.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { fileReplyOf, makeLargeFile } from '../../support/large-file.ts';

const test = suite('viewers’ server');

const BIG = Buffer.alloc(3_000_000, 1);
const text = (body: string) => reply(200, [Buffer.from(body)], { type: 'text/plain', cacheS: 0 });

const LARGE_FILE = makeLargeFile();
const FILE = fileReplyOf(LARGE_FILE);
const mistake = (): Reply => {
  throw new Error('a mistake');
};

interface Served extends AsyncDisposable {
  readonly server: ViewerServer;
  readonly port: number;
  readonly faults: readonly unknown[];
  release(body: string): void;
}

async function serve(options: Partial<ServerOptions> = {}): Promise<Served> {
  const port = await freePort();
  const ending = new AbortController();
  let held: Reply | undefined;
  const get = ({ path }: HttpRequest): Reply | Wait => {
    if (path === '/hold') {
      return {
        wait: 'track',
        holdMs: 700,
        retry: () => held,
        expired: () => refuse(503, 'too late'),
      };
    }
    if (path === '/big') return reply(200, [BIG], { type: 'video/mp4', cacheS: 0 });
    if (path === '/file') return FILE;
    if (path === '/throws') throw new Error('a mistake');
    if (path === '/throws-late') {
      return { wait: 'track', holdMs: 5_000, retry: mistake, expired: mistake };
    }
    return text(path);
  };
  const post = ({ path }: HttpRequest, body: string) =>
    path === '/throws' ? mistake() : text(`${path} ${body}`);
  const faults: unknown[] = [];
  const server = new ViewerServer(
    { host: '127.0.0.1', port, maxConnections: 20, maxConnectionsPerAddress: 20, ...options },
    { get, post, onFault: (error) => faults.push(error) },
    systemClock,
  );
  const running = await new Promise<{ done: Promise<void> }>((resolve, reject) => {
    const done = server.run(ending.signal, () => resolve({ done }));
    done.catch(reject);
  });
  return {
    server,
    port,
    faults,
    release: (body) => {
      held = text(body);
      server.wake('track');
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await running.done;
    },
  };
}

test('a held request is answered when its track publishes', async () => {
  await using served = await serve();
  const answer = fetch(`http://127.0.0.1:${served.port}/hold`);
  await until(() => served.server.figures().held === 1, 2_000);
  served.release('here');
  assert.is(await (await answer).text(), 'here');
  assert.is(served.server.figures().held, 0);
});

test('a held request is answered with 503 when its time is up', async () => {
  await using served = await serve();
  assert.is((await fetch(`http://127.0.0.1:${served.port}/hold`)).status, 503);
});

test('a client that leaves takes its held request with it', async () => {
  await using served = await serve();
  const leaving = new AbortController();
  const answer = fetch(`http://127.0.0.1:${served.port}/hold`, { signal: leaving.signal });
  await until(() => served.server.figures().held === 1, 2_000);
  leaving.abort();
  await answer.catch(() => undefined);
  await until(() => served.server.figures().held === 0, 500);
});

test('a client that does not read is dropped, and others do not wait for it', async () => {
  await using served = await serve();
  const slow = connect(served.port, '127.0.0.1');
  slow.on('error', () => undefined);
  slow.pause();
  for (let i = 0; i < 3; i += 1) slow.write('GET /big HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.is(await (await fetch(`http://127.0.0.1:${served.port}/x`)).text(), '/x');
  assert.is(served.server.figures().droppedSlowTotal, 0, 'it was answered meanwhile');
  await until(() => served.server.figures().droppedSlowTotal === 1, 12_000);
  slow.destroy();
});

test('a client that pipelines without end is cut off', async () => {
  await using served = await serve();
  const greedy = connect(served.port, '127.0.0.1');
  greedy.on('error', () => undefined);
  greedy.write('GET /hold HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(200));
  await until(
    () => served.server.figures().refusedTotal > 0 && served.server.figures().connections === 0,
    3_000,
  );
  assert.ok(served.server.figures().held <= 4);
  assert.is(await (await fetch(`http://127.0.0.1:${served.port}/x`)).text(), '/x');
});

test('connections past the limit, in all or from one address, are refused', async () => {
  for (const limit of [{ maxConnections: 3 }, { maxConnectionsPerAddress: 3 }]) {
    await using served = await serve(limit);
    const sockets = Array.from({ length: 6 }, () => connect(served.port, '127.0.0.1'));
    for (const socket of sockets) socket.on('error', () => undefined);
    await until(() => served.server.figures().refusedTotal === 3, 2_000);
    assert.is(served.server.figures().connections, 3);
    for (const socket of sockets) socket.destroy();
    await until(() => served.server.figures().connections === 0, 2_000);
  }
});

test('nonsense on the wire ends the connection, not the server', async () => {
  await using served = await serve();
  for (const nonsense of [
    '\0\0\0\0',
    'GET\r\n\r\n',
    `GET / HTTP/1.1\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  ]) {
    const socket = connect(served.port, '127.0.0.1');
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.end(nonsense);
    socket.resume();
    await closed;
  }
  assert.is(await (await fetch(`http://127.0.0.1:${served.port}/ok`)).text(), '/ok');
});

test('only GET, HEAD, POST and OPTIONS do something; a large body is cut off', async () => {
  await using served = await serve();
  const url = `http://127.0.0.1:${served.port}/x`;
  assert.is((await fetch(url, { method: 'DELETE' })).status, 405);
  assert.is((await fetch(url, { method: 'OPTIONS' })).status, 204);
  const head = await fetch(url, { method: 'HEAD' });
  assert.equal([head.status, await head.text()], [200, '']);
  assert.is(await (await fetch(url, { method: 'POST', body: 'hi' })).text(), '/x hi');
  const large = await fetch(url, { method: 'POST', body: 'a'.repeat(100_000) }).catch(
    () => undefined,
  );
  assert.is(large, undefined);
});

test('a handler that throws fails its own request, held or not; it is counted, and reported once a second', async () => {
  await using served = await serve();
  const url = `http://127.0.0.1:${served.port}`;
  const answer = await fetch(`${url}/throws`);
  assert.is(answer.status, 500);
  assert.match(await answer.text(), 'the journal of the box has the details');
  assert.is((await fetch(`${url}/throws`, { method: 'POST', body: 'x' })).status, 500);
  const [held, alike] = [fetch(`${url}/throws-late`), fetch(`${url}/hold`)];
  await until(() => served.server.figures().held === 2, 2_000);
  served.release('here');
  assert.is((await held).status, 500);
  assert.is(await (await alike).text(), 'here', 'who waits beside it is answered');
  assert.is(served.server.figures().failedTotal, 3);
  assert.ok(served.faults.length >= 1 && served.faults.length <= 3);
  assert.match(String(served.faults[0]), 'a mistake');
});

test('files are limited on one connection, and their slots are free again when it closes', async () => {
  await using served = await serve();
  const greedy = connect(served.port, '127.0.0.1');
  greedy.on('error', () => undefined);
  greedy.pause();
  const filesOpen = () =>
    readdirSync('/proc/self/fd').filter((fd) => linkOf(`/proc/self/fd/${fd}`) === LARGE_FILE);
  const before = filesOpen().length;
  // As many as a connection may pipeline.
  greedy.write('GET /file HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(4));
  await until(() => served.server.figures().requestsTotal === 4, 2_000);
  await until(() => filesOpen().length > before, 2_000);
  assert.ok(filesOpen().length - before <= 4, `${filesOpen().length - before} files are open`);
  const other = await fetch(`http://127.0.0.1:${served.port}/file`);
  assert.is(other.status, 200, 'another connection has its own');
  await other.body?.cancel();
  greedy.destroy();
  await until(() => filesOpen().length === before, 5_000);
});

test('HTTP/1.1 connections are kept alive', async () => {
  await using served = await serve();
  const { Agent } = await import('node:http');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; i < 5; i += 1) {
    await new Promise((resolve, reject) => {
      httpRequest({ port: served.port, host: '127.0.0.1', path: `/${i}`, agent }, (response) => {
        response.resume().once('end', resolve);
      })
        .once('error', reject)
        .end();
    });
  }
  assert.is(served.server.figures().connections, 1);
  agent.destroy();
});

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

test.run();
