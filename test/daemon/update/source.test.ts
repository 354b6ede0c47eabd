/** Why a release cannot be fetched, in words that say what to do. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { causeOf, type Limits, readSource } from '../../../daemon/update/source.ts';
import { scratch } from '../mqtt/support/mosquitto.ts';

const test = suite('where a release comes from');

test('a certificate that is not valid today is told with the day that the box believes in', () => {
  const today = new Date('2026-05-01T00:00:00Z');
  for (const code of ['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED']) {
    const cause = Object.assign(new Error('certificate is not valid'), { code });
    const said = causeOf(new TypeError('fetch failed', { cause }), today);
    assert.match(said, 'certificate is not valid; the box’s clock says 2026-05-01');
    assert.match(said, 'time server');
  }
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  assert.is(causeOf(new TypeError('fetch failed', { cause }), today), 'connect ECONNREFUSED');
});

/** What is thrown at who reads all that a server sends, every 5 ms, until it is left. */
async function reasonOf(chunk: Buffer, limits: Partial<Limits>, signal?: AbortSignal) {
  const timers = new Set<NodeJS.Timeout>();
  const send = (response: ServerResponse) => {
    response.write('the first bytes');
    if (chunk.length > 0) timers.add(setInterval(() => response.write(chunk), 5));
  };
  const server = createServer((_, response) => send(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const long = { silentMs: 3_600_000, pace: { overMs: 3_600_000, minBytes: 0 } };
  const all = { ...long, totalMs: 3_600_000, ...limits };
  try {
    for await (const _ of readSource(url, signal ?? new AbortController().signal, all));
    return 'nothing';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    for (const timer of timers) clearInterval(timer);
    server.closeAllConnections();
    server.close();
  }
}

test('a server that sends nothing, hardly anything, or something for ever is given up', async () => {
  const byte = Buffer.alloc(1);
  assert.match(await reasonOf(Buffer.alloc(0), { silentMs: 50 }), 'sends nothing');
  const pace = { overMs: 50, minBytes: 1_000_000 };
  assert.match(await reasonOf(byte, { pace }), 'too slow');
  assert.match(await reasonOf(Buffer.alloc(50_000), { totalMs: 100 }), 'takes too long');
});

test('a download ends with its signal, and with the reason of that', async () => {
  const stopping = new AbortController();
  setTimeout(() => stopping.abort(new Error('it was stopped')), 20);
  assert.is(await reasonOf(Buffer.alloc(0), {}, stopping.signal), 'it was stopped');
});

test('of this machine only a file is opened: a pipe would be waited for, and a device may act', async () => {
  using folder = scratch();
  const fifo = join(folder.path, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const { signal } = new AbortController();
  for (const path of [fifo, '/dev/zero', folder.path]) {
    const read = readSource(path, signal)
      .next()
      .then(String, ({ message }: Error) => message);
    assert.is(await read, `${path} is no file`);
  }
});

test.run();
