/** An origin whose requests are counted, and an edge in front of it. */
import { request } from 'node:http';
import { type Clock, systemClock } from '../../../../hal/os/clock.ts';
import { Edge } from '../../../../pipelines/edge/edge.ts';
import { openUpstream } from '../../../../pipelines/edge/upstream.ts';
import { openFeed } from '../../../support/feed.ts';
import { freePort } from '../../../support/free-port.ts';
import { type Get, serve } from '../../../support/viewer-server.ts';

/** @param clock Of the edge: by one that stands still nothing that it has stored grows old. */
export async function openRoom(get: Get, holdMs = 3_000, clock: Clock = systemClock) {
  const asked: string[] = [];
  const port = await freePort();
  const edgePort = await freePort();
  const counted: Get = (request) => {
    const query = request.query.toString();
    asked.push(query === '' ? request.path : `${request.path}?${query}`);
    return get(request);
  };
  let origin = await serve(counted, port);
  const stop = new AbortController();
  let wake = (_key: string): void => undefined;
  const edge = new Edge({
    upstream: openUpstream(new URL(`http://127.0.0.1:${port}`)),
    clock,
    maxBytes: 50_000_000,
    holdMs,
    signal: stop.signal,
    wake: (key) => wake(key),
  });
  const server = await serve((request) => edge.answer(request), edgePort);
  wake = server.wake;
  return {
    asked,
    edge,
    wakeOrigin: (id: string) => origin.wake(id),
    get: (path: string, headers: Readonly<Record<string, string>> = {}) =>
      fetch(`http://127.0.0.1:${edgePort}${path}`, { headers }),
    /** Resolves to the status. */
    getFrom: (localAddress: string, path: string) =>
      new Promise<number>((resolve, reject) => {
        const options = { host: '127.0.0.1', port: edgePort, path, localAddress, agent: false };
        const asking = request(options, (response) => {
          response.resume();
          response.once('end', () => resolve(response.statusCode ?? 0));
        });
        asking.once('error', reject).end();
      }),
    kill: () => origin[Symbol.asyncDispose](),
    restart: async () => {
      origin = await serve(counted, port);
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await server[Symbol.asyncDispose]();
      await origin[Symbol.asyncDispose]();
    },
  };
}

export function openStream() {
  const feed = openFeed({ windowS: 6 });
  feed.run(8);
  return feed;
}
