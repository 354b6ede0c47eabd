/** Requests that another process answers, later. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Handlers } from '../../../pipelines/http/handlers.ts';
import { refuse, reply } from '../../../pipelines/http/reply.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { serve } from '../../support/viewer-server.ts';

const test = suite('requests that are answered later');

const text = (status: number, body: string) =>
  reply(status, [Buffer.from(body)], { type: 'text/plain', cacheS: 0 });

async function open(exchange: NonNullable<Handlers['exchange']>) {
  const port = await freePort();
  const served = await serve(() => text(200, 'get'), port, {}, undefined, exchange);
  return { url: `http://127.0.0.1:${port}`, ...served };
}

test('any method has its answer when there is one, and other paths go their own way', async () => {
  await using box = await open(({ path }, method) =>
    path === '/own'
      ? {
          bodyMaxBytes: 100,
          answer: async (body) => {
            await new Promise((resolve) => setTimeout(resolve, 20));
            return text(201, `${method} ${body}`);
          },
        }
      : undefined,
  );
  for (const method of ['POST', 'DELETE', 'PATCH']) {
    const response = await fetch(`${box.url}/own`, { method, body: 'é' });
    assert.is(response.status, 201);
    assert.is(await response.text(), `${method} é`);
  }
  assert.is(await (await fetch(`${box.url}/else`)).text(), 'get');
  assert.is((await fetch(`${box.url}/else`, { method: 'DELETE' })).status, 405);
});

test('a request that is refused at once needs no body', async () => {
  await using box = await open(() => refuse(415, 'no SDP'));
  const response = await fetch(box.url, { method: 'POST', body: 'x' });
  assert.is(response.status, 415);
});

test('a body that is too long is refused with 413, and nothing is asked', async () => {
  let asked = 0;
  await using box = await open(() => ({
    bodyMaxBytes: 1_000,
    answer: async () => {
      asked += 1;
      return text(200, '');
    },
  }));
  const response = await fetch(box.url, { method: 'POST', body: 'x'.repeat(60_000) });
  assert.is(response.status, 413);
  assert.is((await fetch(box.url, { method: 'POST', body: 'x'.repeat(1_000) })).status, 200);
  assert.is(asked, 1);
});

test('an answer for a client that has gone is dropped', async () => {
  let settle: () => void = () => undefined;
  await using box = await open(({ path }) =>
    path === '/own'
      ? {
          bodyMaxBytes: 10,
          answer: async () => {
            await new Promise<void>((resolve) => {
              settle = resolve;
            });
            return text(200, 'late');
          },
        }
      : undefined,
  );
  const leaving = new AbortController();
  const left = fetch(`${box.url}/own`, { method: 'POST', signal: leaving.signal }).then(
    () => false,
    () => true,
  );
  const before = settle;
  await until(() => settle !== before, 10_000);
  leaving.abort();
  assert.ok(await left);
  settle();
  assert.is(await (await fetch(`${box.url}/else`)).text(), 'get');
});

test.run();
