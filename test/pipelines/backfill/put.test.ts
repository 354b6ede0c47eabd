/** PUT of a file to far ends that are awkward. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import type { SendPath } from '../../../pipelines/backfill/messages.ts';
import { limitOf, Pace } from '../../../pipelines/backfill/pace.ts';
import { putFile } from '../../../pipelines/backfill/put.ts';

const test = suite('back-fill by PUT');
const never = new AbortController().signal;

/** A far end that does this with each connection. */
async function farEnd(onConnection: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function put(host: string, port: number, bytes: number, sendPath: SendPath, limitMs?: number) {
  const pace = new Pace(systemClock);
  pace.sendPath = sendPath;
  const deps = { pace, onCarried: () => undefined, ...(limitMs && { limitMs }) };
  const far = { url: `http://${host}:${port}`, token: 'secret' };
  return putFile(far, 'box/file.m4s', Buffer.alloc(bytes), deps, never).then(
    () => 'sent',
    (error: Error) => error.message,
  );
}

test('a name with addresses of both families is reached from an address of one', async () => {
  using far = await farEnd((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n'));
  });
  const sendPath = { bps: 1e9, localAddress: '127.0.0.2' };
  assert.is(await put('localhost', far.port, 10, sendPath), 'sent');
});

test('a file that begins while there is no room goes out whole as soon as there is some', async () => {
  using far = await farEnd((socket) => {
    // The answer takes longer than a timer that was set to too much.
    const answer = () => socket.end('HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n');
    socket.once('data', () => setTimeout(answer, 100));
  });
  const pace = new Pace(systemClock);
  const to = { url: `http://127.0.0.1:${far.port}`, token: 'secret' };
  const sending = putFile(
    ...([to, 'box/file.m4s', Buffer.alloc(4_000_000)] as const),
    { pace, onCarried: () => undefined },
    never,
  );
  pace.sendPath = { bps: 1e12 };
  await sending;
});

test('what is waited for the far end is as long as a timer takes, at most', () => {
  assert.is(limitOf(4_000_000, 0), 2 ** 31 - 1);
  assert.is(limitOf(1_000_000, 8_000_000), 63_000);
});

test('a far end that answers byte by byte, and never all, is given up', async () => {
  using far = await farEnd((socket) => {
    const dripping = setInterval(() => socket.write('x'), 20);
    socket.write('HTTP/1.1 201 Created\r\nX-Slow: ');
    socket.resume().once('close', () => clearInterval(dripping));
  });
  assert.match(await put('127.0.0.1', far.port, 10, { bps: 1e9 }, 300), 'too slow');
});

test('one that takes byte by byte is given up, too', async () => {
  using far = await farEnd((socket) => {
    const dripping = setInterval(() => socket.read(100), 20);
    socket.pause().once('close', () => clearInterval(dripping));
  });
  assert.match(await put('127.0.0.1', far.port, 30_000_000, { bps: 1e12 }, 1_000), 'too slow');
});

test.run();
