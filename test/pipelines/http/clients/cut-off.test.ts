/** Whoever sends thousands of requests at once has a handful of them begun. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SocketShares } from '../../../../pipelines/http/clients/socket-shares.ts';
import { reply } from '../../../../pipelines/http/reply.ts';
import { freePort } from '../../../support/free-port.ts';
import { makeLocalhostTls } from '../../../support/localhost-tls.ts';
import { serve } from '../../../support/viewer-server.ts';

const test = suite('requests that come at once');

const ONE = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const NO_HOST = 'GET / HTTP/1.1\r\n\r\n';
const EXPECTS = 'GET / HTTP/1.1\r\nHost: a\r\nExpect: b\r\n\r\n';
const TLS = makeLocalhostTls();

/** Sends so many at once; resolves with what was answered when the connection is closed, or once `until` is there. */
async function send(socket: Socket, count: number, until?: string, one = ONE): Promise<string> {
  let answered = '';
  socket.on('error', () => undefined);
  socket.on('data', (bytes: Buffer) => {
    answered += String(bytes);
    if (until !== undefined && answered.includes(until)) socket.destroy();
  });
  socket.write(one.repeat(count));
  await once(socket, 'close');
  return answered;
}

async function listening(isTls: boolean, onRequest: RequestListener) {
  const server = isTls ? createSecure(TLS) : createServer();
  let heard = 0;
  server.on('request', () => {
    heard += 1;
  });
  new SocketShares(server, { strangers: 64, known: 8, perAddress: 32 }, onRequest);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const options = { port, host: '127.0.0.1', rejectUnauthorized: false };
  return {
    open: () => (isTls ? connectTls(options) : connect(options)),
    heard: () => heard,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

for (const isTls of [false, true]) {
  test(`of 2,000 on a connection${isTls ? ' by TLS' : ''} a few are begun, and others are served`, async () => {
    let begun = 0;
    using server = await listening(isTls, (_, response) => {
      begun += 1;
      response.end('here');
    });
    await send(server.open(), 2_000);
    assert.ok(begun <= 6, `${begun}`);
    assert.match(await send(server.open(), 1, 'here'), '200 OK');
    assert.match(await send(server.open(), 3, 'here'), '200 OK');
  });
}

for (const [what, one, status] of [
  ['without Host', NO_HOST, '400 Bad Request'],
  ['that expect what nobody knows', EXPECTS, '200 OK'],
] as const) {
  test(`of thousands ${what} a few are begun, too, and one is answered`, async () => {
    using server = await listening(false, (_, response) => response.end('here'));
    await send(server.open(), 3_000, undefined, one);
    assert.ok(server.heard() > 0 && server.heard() <= 6, `${server.heard()}`);
    assert.match(await send(server.open(), 1, '\r\n\r\n', one), status);
  });

  test(`the guests’ server counts those ${what}, by TLS as in clear`, async () => {
    const port = await freePort();
    const tls = { ...TLS, port: await freePort() };
    const options = { type: 'text/plain', cacheS: 0 };
    await using served = await serve(() => reply(200, [Buffer.from('here')], options), port, {
      tls,
    });
    const secure = () =>
      connectTls({ port: tls.port, host: '127.0.0.1', rejectUnauthorized: false });
    for (const open of [() => connect(port, '127.0.0.1'), secure]) {
      const before = served.server.figures().requestsTotal;
      await send(open(), 3_000, undefined, one);
      const begun = served.server.figures().requestsTotal - before;
      assert.ok(begun > 0 && begun <= 6, `${begun}`);
      assert.match(await send(open(), 1, '\r\n\r\n', one), status);
    }
  });
}

test('the guests’ server begins a few of them, too', async () => {
  const port = await freePort();
  const options = { type: 'text/plain', cacheS: 0 };
  await using served = await serve(() => reply(200, [Buffer.from('here')], options), port);
  await send(connect(port, '127.0.0.1'), 2_000);
  assert.ok(served.server.figures().requestsTotal <= 6);
  assert.match(await send(connect(port, '127.0.0.1'), 1, 'here'), '200 OK');
});

test.run();
