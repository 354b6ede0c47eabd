/** Runs the operator's HTTP server, with limits on headers and connections. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { untilAborted } from '../../hal/os/async.ts';
import { CERTIFICATE_BYTES_MAX, readRegular } from '../../hal/os/files/read-regular.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { PipelineError } from '../../pipelines/errors/pipeline-error.ts';
import { listenOrExplain } from '../../pipelines/http/listen.ts';
import type { OperatorConfig } from '../config/operator.ts';
import { refuse, send } from './answer.ts';
import { clientKey } from './guard.ts';
import { type RouteDeps, route } from './routes.ts';

const CONNECTIONS_MAX = 96;
/** A browser opens up to six for a page. */
const CONNECTIONS_PER_CLIENT_MAX = 32;

const LIMITS = {
  maxHeaderSize: 8_192,
  headersTimeout: 8_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  noDelay: true,
} as const;

/** Runs until `signal` aborts. Rejects with PipelineError. */
export async function serve(
  config: OperatorConfig,
  routes: RouteDeps,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    response.on('error', () => undefined);
    route(request, response, routes).catch((error: unknown) => {
      if (!signal.aborted) log.error('operator request failed', { reason: messageOf(error) });
      send(response, refuse(500, 'failed'));
    });
  };
  const server = openServer(config, onRequest);
  limitConnections(server);
  await listenOrExplain(server, "operator's port", config, '; set operator.port');
  log.info('operator page listening', { host: config.host, port: config.port });
  await untilAborted(signal);
  await close(server);
}

function openServer(
  { tls }: OperatorConfig,
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  if (tls === undefined) return createServer(LIMITS, onRequest);
  try {
    const cert = readRegular(tls.cert_file, CERTIFICATE_BYTES_MAX);
    const key = readRegular(tls.key_file, CERTIFICATE_BYTES_MAX);
    return createSecureServer({ ...LIMITS, cert, key }, onRequest);
  } catch (cause) {
    const message = `operator.tls: ${messageOf(cause)}`;
    throw new PipelineError('BAD_CERTIFICATE', message, { cause });
  }
}

function limitConnections(server: Server): void {
  const perClient = new Map<string, number>();
  server.maxConnections = CONNECTIONS_MAX;
  server.on('connection', (socket: Socket) => {
    const client = clientKey(socket.remoteAddress);
    const open = (perClient.get(client) ?? 0) + 1;
    perClient.set(client, open);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      const left = (perClient.get(client) ?? 1) - 1;
      if (left > 0) perClient.set(client, left);
      else perClient.delete(client);
    });
    if (open > CONNECTIONS_PER_CLIENT_MAX) socket.destroy();
  });
  server.on('clientError', (_error, socket) => socket.destroy());
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
