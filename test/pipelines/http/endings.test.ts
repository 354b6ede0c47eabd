/** Every connection of the viewers' server ends, at whatever stage its client breaks off. */
import { readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import type { HttpRequest } from '../../../pipelines/http/handlers.ts';
import { refuse, reply } from '../../../pipelines/http/reply.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { makeLocalhostTls } from '../../support/localhost-tls.ts';
import { seeded } from '../../support/seeded.ts';
import { serve } from '../../support/viewer-server.ts';
import { breakOff, STAGES, STOPS, type Way } from './support/broken-client.ts';

const test = suite('connections end');

const TLS = makeLocalhostTls();
const BIG = Buffer.alloc(3_000_000, 1);
/** Sweeps see ten times as much time pass, Node's own time-outs do not. */
const FAST_CLOCK = { ...systemClock, monotonicMs: () => 10 * performance.now() };

function get({ path }: HttpRequest) {
  if (path === '/hold') {
    const expired = () => refuse(503, 'late');
    return { wait: 'track', holdMs: 15_000, retry: () => undefined, expired };
  }
  const body = path === '/big' ? BIG : Buffer.from(path);
  return reply(200, [body], { type: 'video/mp4', cacheS: 0 });
}

async function serveBoth() {
  const [port, tlsPort] = [await freePort(), await freePort()];
  const served = await serve(get, port, { tls: { port: tlsPort, ...TLS } }, FAST_CLOCK);
  return { port, tlsPort, server: served.server, end: () => served[Symbol.asyncDispose]() };
}

const descriptors = () => readdirSync('/proc/self/fd').length;

async function assertAllEnd(
  served: Awaited<ReturnType<typeof serveBoth>>,
  before: number,
  clients: readonly Socket[],
  withinMs: number,
): Promise<void> {
  const left = () => `${served.server.figures().connections} connections are left`;
  await until(() => served.server.figures().connections === 0, withinMs, left);
  for (const client of clients) client.destroy();
  await until(
    () => descriptors() <= before,
    5_000,
    () => `${descriptors()} descriptors, ${before} before`,
  );
  assert.is(served.server.figures().held, 0);
  const answer = await fetch(`http://127.0.0.1:${served.port}/x`);
  assert.is(await answer.text(), '/x', 'a new guest is served');
}

test('HTTP/2 connections that are reset 1 to 6 ms after 400 requests leave no socket', async () => {
  const served = await serveBoth();
  try {
    const before = descriptors();
    for (let round = 0; round < 10; round += 1) {
      const ways = Array.from({ length: 12 }, (_, i): Way => {
        return { isHttp2: true, stage: 'many', stop: 'reset', afterMs: 1 + (i % 6) };
      });
      await Promise.all(ways.map((way) => breakOff(served, way)));
    }
    await assertAllEnd(served, before, [], 10_000);
  } finally {
    await served.end();
  }
});

for (const seed of [1, 2, 3]) {
  test(`connections that break off at a random stage all end, seed ${seed}`, async () => {
    const random = seeded(seed);
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
    const served = await serveBoth();
    try {
      const before = descriptors();
      const ways = Array.from({ length: 150 }, (): Way => {
        const [stage, stop] = [pick(STAGES), pick(STOPS)];
        return { isHttp2: random() < 0.7, stage, stop, afterMs: Math.floor(random() * 30) };
      });
      const clients: Socket[] = [];
      for (let i = 0; i < ways.length; i += 25) {
        const batch = ways.slice(i, i + 25).map((way) => breakOff(served, way));
        clients.push(...(await Promise.all(batch)));
      }
      await assertAllEnd(served, before, clients, 8_000);
    } finally {
      await served.end();
    }
  });
}

test.run();
