/** The store of a relay: who may put what into it, and what is there afterwards. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../hal/os/log.ts';
import { StoreFolder } from '../../../pipelines/store/folder.ts';
import { parseDigest, parseName, renderDigest } from '../../../pipelines/store/names.ts';
import { runStore } from '../../../pipelines/store/server.ts';
import { until } from '../../support/box.ts';

const test = suite('store of a relay');

const TOKEN = 'correct horse battery';

async function openStore(quotaBytes = 10_000_000) {
  const root = mkdtempSync(join(tmpdir(), 'venuebox-store-'));
  const stop = new AbortController();
  let port = 0;
  const listen = { host: '127.0.0.1', port: 0 };
  const running = runStore(
    { listen, folder: root, quotaBytes, token: TOKEN },
    {
      log: silentLog,
      onStart: (started) => {
        port = started;
      },
    },
    stop.signal,
  );
  await until(() => port !== 0, 60_000);
  const put = async (path: string, body: Buffer, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'PUT',
      body: new Uint8Array(body),
      headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Digest': digest(body), ...headers },
    });
    await response.arrayBuffer();
    return response.status;
  };
  return {
    root,
    put,
    port,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
      rmSync(root, { recursive: true, force: true });
    },
  };
}

const digest = (body: Buffer) => renderDigest(createHash('sha256').update(body).digest());
/** Each from an address of its own: one address gets only a few connections. */
const openPut = (port: number, i: number, path: string, body: Buffer, headers = {}) =>
  request({
    ...{ port, host: '127.0.0.1', localAddress: `127.0.0.${i + 2}`, agent: false },
    ...{ method: 'PUT', path },
    headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Digest': digest(body), ...headers },
  });
/** All files below a folder, those that are hidden too. */
const filesIn = (root: string) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name);

test('a file that is put is there byte for byte, and once', async () => {
  await using store = await openStore();
  const body = randomBytes(1_500_000);
  assert.is(await store.put('/corner/rec-1/000000000.m4s', body), 201);
  assert.ok(readFileSync(join(store.root, 'corner/rec-1/000000000.m4s')).equals(body));
  assert.is(await store.put('/corner/rec-1/000000000.m4s', body), 200, 'again');
  assert.is(await store.put('/corner/rec-1/000000000.m4s', randomBytes(9)), 409);
  assert.ok(readFileSync(join(store.root, 'corner/rec-1/000000000.m4s')).equals(body));
  assert.equal(filesIn(store.root), ['000000000.m4s']);
});

test('without the token, with another digest, another method or no length nothing is stored', async () => {
  await using store = await openStore();
  const body = randomBytes(1_000);
  assert.is(await store.put('/a/b/c', body, { Authorization: 'Bearer wrong' }), 401);
  assert.is(await store.put('/a/b/c', body, { Authorization: '' }), 401);
  assert.is(await store.put('/a/b/c', body, { 'Content-Digest': digest(randomBytes(9)) }), 422);
  assert.is(await store.put('/a/b/c', body, { 'Content-Digest': 'md5=:AA==:' }), 400);
  const authorised = { Authorization: `Bearer ${TOKEN}` };
  const got = await fetch(`http://127.0.0.1:${store.port}/a/b/c`, { headers: authorised });
  assert.is(got.status, 405);
  const posted = await fetch(`http://127.0.0.1:${store.port}/a/b/c`, {
    ...{ method: 'PUT', headers: { ...authorised, 'Content-Digest': digest(body) } },
    ...{ body: new Blob([new Uint8Array(body)]).stream(), duplex: 'half' },
  } as RequestInit);
  assert.is(posted.status, 411);
  assert.equal(filesIn(store.root), []);
});

test('a body that is cut off leaves nothing behind', async () => {
  await using store = await openStore();
  const body = randomBytes(100_000);
  const socket = connect(store.port, '127.0.0.1');
  socket.on('error', () => undefined);
  const lines = [
    ...['PUT /a/b/c HTTP/1.1', 'Host: x', `Authorization: Bearer ${TOKEN}`],
    ...[`Content-Digest: ${digest(body)}`, `Content-Length: ${body.length}`, '', ''],
  ];
  socket.write(Buffer.concat([Buffer.from(lines.join('\r\n')), body.subarray(0, 50_000)]));
  await until(() => filesIn(store.root).length === 1, 60_000);
  socket.destroy();
  await until(() => filesIn(store.root).length === 0, 60_000);
  assert.is(await store.put('/a/b/c', body), 201);
});

test('of two under one name at once the first to be complete stays', async () => {
  await using store = await openStore();
  const [one, two] = [randomBytes(50_000), randomBytes(50_000)];
  for (const [file, other, statuses] of [
    ['different', two, [201, 409]],
    ['equal', one, [200, 201]],
  ] as const) {
    const half = [one, other].map((body) => {
      const headers = { 'Content-Length': body.length };
      const sent = openPut(store.port, 0, `/a/${file}/c`, body, headers);
      sent.write(body.subarray(0, 20_000));
      return { sent, body, answered: once(sent, 'response') };
    });
    const parts = () => filesIn(store.root).filter((name) => name.endsWith('.part'));
    await until(() => parts().length === 2, 60_000);
    for (const { sent, body } of half) sent.end(body.subarray(20_000));
    const got: { body: Buffer; status: number }[] = [];
    for (const { body, answered } of half) {
      const [response] = (await answered) as [IncomingMessage];
      response.resume();
      got.push({ body, status: response.statusCode ?? 0 });
    }
    assert.equal(got.map(({ status }) => status).sort(), statuses, file);
    const first = got.find(({ status }) => status === 201);
    assert.ok(first && readFileSync(join(store.root, 'a', file, 'c')).equals(first.body), file);
    await until(() => parts().length === 0, 60_000);
  }
});

test('addresses that open connections and say nothing do not shut out others, however few or many', async () => {
  await using store = await openStore();
  for (const addresses of [1, 20]) {
    const silent = Array.from({ length: 80 }, (_, i) => {
      const localAddress = `127.0.1.${1 + (i % addresses)}`;
      const socket = connect({ port: store.port, host: '127.0.0.1', localAddress });
      return socket.on('error', () => undefined);
    });
    await until(() => silent.every(({ connecting }) => !connecting), 60_000);
    assert.is(await store.put(`/a/b/c${addresses}`, randomBytes(10)), 201);
    for (const socket of silent) socket.destroy();
  }
});

test('no path leads out of the store', async () => {
  await using store = await openStore();
  const body = randomBytes(10);
  for (const path of [
    ...['/a/b', '/a/b/c/d', '/a//c', '/a/b/', '/a/b/.c', '/a/b/c.', '/.a/b/c', '/a/b/c%2fd'],
    ...['/a/b/c?x=1', '/a/b/%2e%2e', `/a/b/${'c'.repeat(101)}`, '/a/b/c%00', '/a/b/-c'],
  ]) {
    assert.is(await store.put(path, body), 400, path);
  }
  assert.equal(filesIn(store.root), []);
  const segment = fc.constantFrom('..', '.', 'a', '', '%2e%2e', 'b.m4s', '.x', 'c/d', '\\', '\0');
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 5 }), fc.string(), (segments, any) => {
      for (const path of [`/${segments.join('/')}`, any, `/a/b/${any}`]) {
        const name = parseName(path);
        if (name === undefined) continue;
        for (const part of Object.values(name)) {
          assert.match(part, /^[\w.-]{1,100}$/);
          assert.not.match(part, /^\./);
        }
      }
    }),
  );
});

test('what another has linked there is not followed', async () => {
  await using store = await openStore();
  const outside = mkdtempSync(join(tmpdir(), 'venuebox-outside-'));
  writeFileSync(join(outside, 'secret'), 'secret');
  mkdirSync(join(store.root, 'box/rec'), { recursive: true });
  symlinkSync(join(outside, 'secret'), join(store.root, 'box/rec/file'));
  symlinkSync(join(outside, 'new'), join(store.root, 'box/rec/new'));
  symlinkSync(outside, join(store.root, 'box/linked'));
  const body = randomBytes(10);
  for (const path of ['/box/rec/file', '/box/rec/new', '/box/linked/file']) {
    assert.is(await store.put(path, body), 500, path);
  }
  assert.is(readFileSync(join(outside, 'secret'), 'utf8'), 'secret');
  assert.equal(readdirSync(outside), ['secret']);
  rmSync(outside, { recursive: true });
});

test('the quota holds for many at once, and counts what was there', async () => {
  await using store = await openStore(50_000);
  const bodies = Array.from({ length: 10 }, () => randomBytes(10_000));
  const statuses = await Promise.all(
    bodies.map(async (body, i) => {
      const sent = openPut(store.port, i, `/a/b/f${i}`, body).end(body);
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    }),
  );
  assert.is(statuses.filter((status) => status === 201).length, 5);
  assert.is(statuses.filter((status) => status === 507).length, 5);
  assert.is(filesIn(store.root).length, 5);
  assert.is(await store.put('/a/b/small', Buffer.from('x')), 507);
});

test('what a crash has left half is removed at the start', async () => {
  const root = mkdtempSync(join(tmpdir(), 'venuebox-store-'));
  mkdirSync(join(root, 'a/b'), { recursive: true });
  writeFileSync(join(root, 'a/b/.c.0011.part'), 'half');
  writeFileSync(join(root, 'a/b/d'), 'whole');
  const stop = new AbortController();
  const listen = { host: '127.0.0.1', port: 0 };
  let isStarted = false;
  const running = runStore(
    { listen, folder: root, quotaBytes: 1e6, token: TOKEN },
    {
      log: silentLog,
      onStart: () => {
        isStarted = true;
      },
    },
    stop.signal,
  );
  await until(() => isStarted, 60_000);
  assert.not.ok(existsSync(join(root, 'a/b/.c.0011.part')));
  assert.ok(existsSync(join(root, 'a/b/d')));
  stop.abort();
  await running;
  rmSync(root, { recursive: true });
});

test('a folder that cannot be read is not counted, and the store opens all the same', async () => {
  const root = mkdtempSync(join(tmpdir(), 'venuebox-store-'));
  // A path that is too long is refused to root as well, as lost+found is to others.
  const deep = Array<string>(12).fill('d'.repeat(250));
  mkdirSync(join(root, 'upper', ...deep), { recursive: true });
  mkdirSync(join(root, 'lower', ...deep), { recursive: true });
  renameSync(join(root, 'lower'), join(root, 'upper', ...deep, 'lower'));
  writeFileSync(join(root, 'file'), Buffer.alloc(9_000));
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (message: string) => warnings.push(message) };
  const store = await StoreFolder.open(root, 1e6, log);
  assert.is(store.usedBytes, 9_000);
  assert.equal(warnings, ['file not counted in the store']);
  renameSync(join(root, 'upper', ...deep, 'lower'), join(root, 'lower'));
  rmSync(root, { recursive: true });
});

test('a box that uploads is not cut off for those that come after it', async () => {
  await using store = await openStore();
  const body = randomBytes(100);
  const headers = { 'Content-Length': 100, Expect: '100-continue' };
  const sent = Array.from({ length: 60 }, (_, i) =>
    openPut(store.port, i, `/a/b/f${i}`, body, headers),
  );
  for (const one of sent) {
    one.flushHeaders();
    await once(one, 'continue');
  }
  await Promise.all(sent.map((one) => once(one.end(body), 'response')));
  assert.is(filesIn(store.root).length, 60);
});

test('a digest is read as RFC 9530 writes it', () => {
  const sha256 = createHash('sha256').update('x').digest();
  assert.ok(parseDigest(renderDigest(sha256))?.equals(sha256));
  assert.ok(parseDigest(`md5=:AAAA:, ${renderDigest(sha256)}`)?.equals(sha256));
  for (const text of [undefined, '', 'sha-256=:short:', 'sha-512=:AAAA:']) {
    assert.is(parseDigest(text), undefined);
  }
});

test.run();
