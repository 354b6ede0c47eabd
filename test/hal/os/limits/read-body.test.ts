/** Bodies of requests: read up to a limit, and one that is longer gets its answer. */
import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isBodyLeft, readBody } from '../../../../hal/os/limits/read-body.ts';

const test = suite('body of a request');
const MAX_BYTES = 1_000;

async function openServer() {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    readBody(request, MAX_BYTES).then(
      (body) => {
        const close = isBodyLeft(request) ? { Connection: 'close' } : {};
        response.writeHead(body === undefined ? 413 : 200, close).end(String(body?.length));
      },
      () => seen.push('incomplete'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    seen,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Without a length the body is sent in chunks. */
function send(port: number, chunks: readonly number[], headers: Record<string, string> = {}) {
  return new Promise<readonly [status: number | undefined, text: string]>((resolve, reject) => {
    const sent = ask({ port, method: 'POST', headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (more: string) => {
        text += more;
      });
      response.once('end', () => resolve([response.statusCode, text]));
    });
    sent.once('error', reject);
    for (const bytes of chunks) sent.write(Buffer.alloc(bytes));
    sent.end();
  });
}

test('one that fits is read, and one that is longer is answered, with and without a length', async () => {
  await using server = await openServer();
  assert.equal(await send(server.port, [400, 600]), [200, '1000']);
  assert.equal(await send(server.port, []), [200, '0']);
  assert.equal(await send(server.port, [600, 600]), [413, 'undefined']);
  assert.equal(await send(server.port, [1_001], { 'Content-Length': '1001' }), [413, 'undefined']);
});

test('one that breaks off is none', async () => {
  await using server = await openServer();
  const sent = ask({ port: server.port, method: 'POST', agent: false });
  sent.on('error', () => undefined);
  await new Promise<void>((resolve) => sent.write(Buffer.alloc(10), () => resolve()));
  // Once the server has its beginning.
  await new Promise((resolve) => setTimeout(resolve, 50));
  sent.destroy();
  while (server.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(server.seen, ['incomplete']);
});

test.run();
