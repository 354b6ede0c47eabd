import { createServer, type ServerResponse } from 'node:http';
import { constants, type Http2ServerResponse } from 'node:http2';
import type { Server, Socket } from 'node:net';
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type ConnectionLimits, Connections, STUCK_MS } from './connections.ts';
import { FileSender } from './file-sender.ts';
import { type Handlers, withFaultReply } from './handlers.ts';
import { HeldRequests } from './held-requests.ts';
import { listenOrExplain } from './listen.ts';
import { type Reply, refuse } from './reply.ts';
import { connectionOf, immediateReply, parseRequest, type Request } from './request.ts';
import { openSecureServer } from './secure-server.ts';

type Response = ServerResponse | Http2ServerResponse;

export interface ServerOptions extends ConnectionLimits {
  readonly host: string;
  readonly port: number;
  /** HTTP/2 over TLS beside the clear port, where there is a certificate. */
  readonly tls?: { readonly port: number; readonly cert: Buffer; readonly key: Buffer };
}

export interface HttpFigures {
  readonly connections: number;
  readonly held: number;
  readonly requestsTotal: number;
  readonly sentBytesTotal: number;
  readonly droppedSlowTotal: number;
  readonly refusedTotal: number;
  /** Answered with 500: see {@link withFaultReply}. */
  readonly failedTotal: number;
}

/** Requests that one connection may have under way: a page needs six. */
const REQUESTS_PER_CONNECTION = 32;
/** Of those, how many may be held on average: HTTP/2 carries a whole page on one. */
const HELD_PER_CONNECTION = 4;
const POST_MAX_BYTES = 2_048;
const CANCEL = constants.NGHTTP2_CANCEL;
const SWEEP_EVERY_MS = 250;
const FAULT_EVERY_MS = 1_000;
const HEADER_TIMEOUT_MS = 8_000;
const IDLE_MS = 30_000;

/**
 * Serves viewers over HTTP/1.1 in clear, and HTTP/2 over TLS where configured.
 *
 * A viewer costs a bounded amount of memory: connections, requests under way,
 * held requests and unread bytes each have a limit, and a reader that does not
 * read is dropped.
 */
export class ViewerServer {
  readonly #options: ServerOptions;
  readonly #handlers: Handlers;
  readonly #reportFault: Handlers['onFault'];
  readonly #clock: Clock;
  readonly #heldRequests: HeldRequests;
  readonly #files = new FileSender({
    onSent: (bytes) => {
      this.#sentBytesTotal += bytes;
    },
    onStuck: () => {
      this.#droppedSlowTotal += 1;
    },
  });
  readonly #connections: Connections;
  readonly #underWay = new WeakMap<object, number>();
  readonly #servers: Server[] = [];
  #requestsTotal = 0;
  #sentBytesTotal = 0;
  #droppedSlowTotal = 0;
  #refusedTotal = 0;
  #failedTotal = 0;
  #faultReportedMs = Number.NEGATIVE_INFINITY;

  constructor(options: ServerOptions, handlers: Handlers, clock: Clock) {
    this.#options = options;
    this.#handlers = withFaultReply({ ...handlers, onFault: (error) => this.#onFault(error) });
    this.#reportFault = handlers.onFault;
    this.#clock = clock;
    this.#connections = new Connections(options, clock);
    const perAddress = options.maxConnectionsPerAddress * HELD_PER_CONNECTION;
    this.#heldRequests = new HeldRequests(options.maxConnections * HELD_PER_CONNECTION, perAddress);
  }

  /** Listens, serves, and closes when `signal` aborts. Rejects when a port is taken. */
  async run(signal: AbortSignal, onListening: () => void): Promise<void> {
    const { host, port, tls } = this.#options;
    const onRequest = (request: Request, response: Response) => this.#onRequest(request, response);
    const clear = createServer(
      {
        headersTimeout: HEADER_TIMEOUT_MS,
        requestTimeout: 2 * HEADER_TIMEOUT_MS,
        keepAliveTimeout: IDLE_MS,
        maxHeaderSize: 8_192,
        noDelay: true,
      },
      onRequest,
    );
    await this.#listen(clear, host, port);
    if (tls !== undefined) {
      const secure = openSecureServer(tls, HEADER_TIMEOUT_MS, REQUESTS_PER_CONNECTION, onRequest);
      secure.on('session', (session) => session.setTimeout(IDLE_MS, () => session.destroy()));
      secure.on('sessionError', () => undefined);
      // HTTP/1.1 over TLS: what waits for its reader shows in this socket, not in the one below.
      secure.on('secureConnection', (socket) => {
        if (socket.alpnProtocol !== 'h2') this.#connections.watch(socket);
      });
      await this.#listen(secure, host, tls.port);
    }
    onListening();
    try {
      while (!signal.aborted) {
        await pause(this.#clock, SWEEP_EVERY_MS, signal);
        this.#heldRequests.sweep(this.#clock.monotonicMs());
        this.#droppedSlowTotal += this.#connections.dropSlow();
      }
    } finally {
      for (const server of this.#servers) server.close();
      this.#connections.dropAll();
    }
  }

  /** A track has published: held requests are looked at again. */
  wake(trackId: string): void {
    this.#heldRequests.wake(trackId);
  }

  figures(): HttpFigures {
    return {
      connections: this.#connections.count,
      held: this.#heldRequests.count,
      requestsTotal: this.#requestsTotal,
      sentBytesTotal: this.#sentBytesTotal,
      droppedSlowTotal: this.#droppedSlowTotal,
      refusedTotal: this.#refusedTotal,
      failedTotal: this.#failedTotal,
    };
  }

  async #listen(server: Server, host: string, port: number): Promise<void> {
    server.on('connection', (socket: Socket) => this.#onConnection(socket));
    server.on('clientError', (_error: Error, socket: Socket) => socket.destroy());
    await listenOrExplain(server, "viewers' port", { host, port });
    server.on('error', () => undefined);
    this.#servers.push(server);
  }

  /** Who finds such a request can send it a thousand times a second. */
  #onFault(error: unknown): void {
    this.#failedTotal += 1;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#faultReportedMs < FAULT_EVERY_MS) return;
    this.#faultReportedMs = nowMs;
    this.#reportFault(error);
  }

  #onConnection(socket: Socket): void {
    if (!this.#connections.admit(socket)) this.#refusedTotal += 1;
  }

  #onRequest(request: Request, response: Response): void {
    this.#requestsTotal += 1;
    const connection = connectionOf(request);
    const underWay = this.#underWay.get(connection) ?? 0;
    if (underWay >= REQUESTS_PER_CONNECTION) {
      this.#refusedTotal += 1;
      connection.destroy();
      return;
    }
    this.#underWay.set(connection, underWay + 1);
    let forget: (() => void) | undefined;
    response.once('close', () => {
      this.#underWay.set(connection, (this.#underWay.get(connection) ?? 1) - 1);
      forget?.();
    });
    response.on('error', () => undefined);

    if (request.method === 'POST') this.#onPost(request, response);
    else forget = this.#onGet(request, response);
  }

  /** @returns how to forget the request, where it is held. */
  #onGet(request: Request, response: Response): (() => void) | undefined {
    const asked = parseRequest(request);
    const now = immediateReply(request.method) ?? this.#handlers.get(asked);
    if (!('wait' in now)) {
      this.#send(response, now);
      return undefined;
    }
    const settle = (late: Reply) => this.#send(response, late);
    const forget = this.#heldRequests.hold(
      now,
      asked.address ?? '',
      this.#clock.monotonicMs(),
      settle,
    );
    if (forget === undefined) this.#send(response, TOO_MANY);
    return forget;
  }

  #onPost(request: Request, response: Response): void {
    let body = '';
    request.setEncoding('utf8');
    request.on('error', () => undefined);
    request.on('data', (text: string) => {
      body += text;
      if (body.length > POST_MAX_BYTES) request.destroy();
    });
    request.once('end', () => {
      if (body.length <= POST_MAX_BYTES) {
        this.#send(response, this.#handlers.post(parseRequest(request).path, body));
      }
    });
  }

  #send(response: Response, answer: Reply): void {
    if (response.writableEnded || response.destroyed) return;
    // Both kinds of response take the same calls; their types do not overlap.
    const out = response as ServerResponse;
    const sendFile = answer.file && this.#files.open(out, answer.file);
    const { status, headers, body, urgency } = sendFile === 'too many' ? TOO_MANY : answer;
    // HTTP/1.1 keeps connections alive without being told: 50 bytes less in each answer.
    if (out.req.httpVersionMajor === 1 && out.shouldKeepAlive) out.removeHeader('Connection');
    const isHttp2 = out.req.httpVersionMajor === 2;
    const priority = isHttp2 && urgency !== undefined ? ['Priority', `u=${urgency}`] : [];
    out.writeHead(status, priority.length > 0 ? [...headers, ...priority] : (headers as string[]));
    // The session hides the socket's backlog: a stuck HTTP/2 reader shows in its stream.
    const { stream } = response as Http2ServerResponse;
    stream?.setTimeout?.(STUCK_MS, () => {
      this.#droppedSlowTotal += 1;
      stream.close(CANCEL);
    });
    if (typeof sendFile === 'function') {
      sendFile();
      return;
    }
    for (const chunk of body.slice(0, -1)) out.write(chunk);
    const last = body.at(-1);
    if (last === undefined) out.end();
    else out.end(last);
    for (const chunk of body) this.#sentBytesTotal += chunk.length;
  }
}

const TOO_MANY = refuse(503, 'too many requests are under way', 0, ['Retry-After', '1']);
