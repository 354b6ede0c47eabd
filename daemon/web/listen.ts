/** Runs the operator's HTTP server, with limits on headers and connections. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { untilAborted } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { CERTIFICATE_BYTES_MAX, readRegular } from '../../hal/os/files/read-regular.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { PipelineError } from '../../pipelines/errors/pipeline-error.ts';
import { listenOrExplain } from '../../pipelines/http/listen.ts';
import type { OperatorConfig } from '../config/operator.ts';
import { refuse, send } from './answer.ts';
import { CONNECTION_COUNTS, type PageConnection, PageConnections } from './door/connections.ts';
import { clientKey } from './guard.ts';
import { type RouteDeps, route } from './routes.ts';

const LIMITS = {
  maxHeaderSize: 8_192,
  headersTimeout: 8_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  noDelay: true,
} as const;

/** Of TLS. */
const HANDSHAKE_MS = 8_000;

/** Runs until `signal` aborts. Rejects with PipelineError. */
export async function serve(
  config: OperatorConfig,
  routes: RouteDeps,
  { clock, log }: { readonly clock: Pick<Clock, 'monotonicMs'>; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    response.on('error', () => undefined);
    held.follow(request, response, routes.sessions.isCrew(request));
    route(request, response, routes, () => held.setCrew(request)).catch((error: unknown) => {
      if (!signal.aborted) log.error('operator request failed', { reason: messageOf(error) });
      send(response, refuse(500, 'failed'));
    });
  };
  const held = new HeldConnections(clock.monotonicMs);
  const server = openServer(config, onRequest);
  server.on('connection', (socket: Socket) => held.admit(socket));
  server.on('clientError', (_error, socket) => socket.destroy());
  await listenOrExplain(server, "operator's port", config, 'choose another operator.port');
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
    return createSecureServer({ ...LIMITS, handshakeTimeout: HANDSHAKE_MS, cert, key }, onRequest);
  } catch (cause) {
    const message = `operator.tls: ${messageOf(cause)}`;
    throw new PipelineError('BAD_CERTIFICATE', message, { cause });
  }
}

class OpenConnection implements PageConnection {
  readonly address: string;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.address = clientKey(socket.remoteAddress);
    this.#socket = socket;
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** The sockets of the page's connections, each found by its peer: TLS puts another one above it. */
class HeldConnections {
  readonly #held: PageConnections<OpenConnection>;
  readonly #byPeer = new Map<string, OpenConnection>();

  constructor(nowMs: () => number) {
    this.#held = new PageConnections(CONNECTION_COUNTS, nowMs);
  }

  admit(socket: Socket): void {
    socket.on('error', () => undefined);
    const peer = peerOf(socket);
    const connection = new OpenConnection(socket);
    this.#byPeer.set(peer, connection);
    this.#held.add(connection);
    socket.once('close', () => {
      this.#held.remove(connection);
      if (this.#byPeer.get(peer) === connection) this.#byPeer.delete(peer);
    });
  }

  follow(request: IncomingMessage, response: ServerResponse, isCrew: boolean): void {
    const connection = this.#byPeer.get(peerOf(request.socket));
    if (connection === undefined) return;
    if (isCrew) this.setCrew(request);
    this.#held.count(connection, 1);
    response.once('close', () => this.#held.count(connection, -1));
  }

  /** Who has signed in, or signs orders: a proxy has all of them in connections of one address. */
  setCrew({ socket }: IncomingMessage): void {
    const connection = this.#byPeer.get(peerOf(socket));
    if (connection !== undefined) this.#held.setCrew(connection);
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
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
