/** Runs the operator's HTTP server, with limits on headers and connections. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { SocketShares } from '../../pipelines/http/clients/socket-shares.ts';
import { listenOrExplain } from '../../pipelines/http/listen.ts';
import { openHttpPort } from '../../pipelines/http/tls-files.ts';
import type { OperatorConfig } from '../config/operator.ts';
import { UPLOAD_MS } from '../model/look.ts';
import { refuse, send } from './answer.ts';
import { type RouteDeps, route } from './routes.ts';

const LIMITS = {
  maxHeaderSize: 8_192,
  headersTimeout: 8_000,
  // With its body, and a picture may take its time; others have less (answer.ts).
  requestTimeout: UPLOAD_MS + 10_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  noDelay: true,
} as const;

/** The crew's are kept for them; a browser opens up to six for a page. */
const SHARES = { strangers: 64, known: 48, perAddress: 32 } as const;

/** Runs until `signal` aborts. Rejects with PipelineError. */
export async function serve(
  config: OperatorConfig,
  routes: RouteDeps,
  { clock, log }: { readonly clock: Pick<Clock, 'monotonicMs'>; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    response.on('error', () => undefined);
    if (routes.sessions.isCrew(request)) shares.setKnown(request);
    route(request, response, routes, () => shares.setKnown(request)).catch((error: unknown) => {
      if (!signal.aborted) log.error('operator request failed', { reason: messageOf(error) });
      send(response, refuse(500, 'failed'));
    });
  };
  const { server, follow } = openHttpPort(config.tls, { whose: 'operator.tls', log }, LIMITS);
  const shares = new SocketShares(server, SHARES, onRequest, clock.monotonicMs);
  await listenOrExplain(server, "operator's port", config, 'choose another operator.port');
  log.info('operator page listening', { host: config.host, port: config.port });
  await follow(signal);
  await close(server);
}

/** Time for the pages to receive their `bye`. */
const BYE_MS = 200;

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), BYE_MS);
  await closed;
  clearTimeout(timer);
}
