/** Serves HTTP handlers on real sockets. */
import { type Clock, systemClock } from '../../hal/os/clock.ts';
import type { Handlers, HttpRequest, Wait } from '../../pipelines/http/handlers.ts';
import { type Reply, refuse } from '../../pipelines/http/reply.ts';
import { ViewerServer } from '../../pipelines/http/server.ts';
import type { ServerOptions } from '../../pipelines/http/server-settings.ts';

export type Get = (request: HttpRequest) => Reply | Wait;

export interface Served extends AsyncDisposable {
  readonly server: ViewerServer;
  readonly wake: (key: string) => void;
}

/** A viewers' server on a loopback port, with real sockets. */
export async function serve(
  get: Get,
  port: number,
  options: Partial<ServerOptions> = {},
  clock: Clock = systemClock,
  exchange?: Handlers['exchange'],
): Promise<Served> {
  const limits = { maxConnections: 2_000, maxConnectionsPerAddress: 2_000 };
  const post = () => refuse(404, 'no');
  const handlers = { get, post, onFault: rethrow, ...(exchange && { exchange }) };
  const server = new ViewerServer(
    { host: '127.0.0.1', port, ...limits, ...options },
    handlers,
    clock,
  );
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    running = server.run(stop.signal, resolve);
    running.catch(reject);
  });
  return {
    server,
    wake: (id) => server.wake(id),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

/** A mistake of the code under test ends the test's process, and so fails it. */
function rethrow(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
