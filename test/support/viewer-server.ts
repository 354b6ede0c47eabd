import { systemClock } from '../../hal/os/clock.ts';
import type { OriginRequest, Wait } from '../../pipelines/hls/origin.ts';
import { type Reply, refuse } from '../../pipelines/hls/reply.ts';
import { ViewerServer } from '../../pipelines/hls/server.ts';

export type Get = (request: OriginRequest) => Reply | Wait;

export interface Served extends AsyncDisposable {
  readonly wake: (key: string) => void;
}

/** A viewers' server on a loopback port, with real sockets. */
export async function serve(get: Get, port: number): Promise<Served> {
  const limits = { maxConnections: 2_000, maxConnectionsPerAddress: 2_000 };
  const handlers = { get, post: () => refuse(404, 'no') };
  const server = new ViewerServer({ host: '127.0.0.1', port, ...limits }, handlers, systemClock);
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    running = server.run(stop.signal, resolve);
    running.catch(reject);
  });
  return {
    wake: (id) => server.wake(id),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}
