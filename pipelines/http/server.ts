/** The HTTP server for viewers. */
import type { Server, Socket } from 'node:net';
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { Connections } from './connections.ts';
import { type Handlers, withFaultReply } from './handlers.ts';
import { HeldRequests } from './held-requests.ts';
import { type HttpFigures, openTotals } from './http-figures.ts';
import { openListeners, REQUESTS_PER_CONNECTION, type Response } from './listeners.ts';
import type { Reply } from './reply.ts';
import { ReplyWriter, TOO_MANY_REQUESTS } from './reply-writer.ts';
import { connectionOf, immediateReply, parseRequest, type Request } from './request.ts';
import type { ServerOptions } from './server-settings.ts';

/** How many requests of a connection may be held on average: HTTP/2 has a whole page on one. */
const HELD_PER_CONNECTION = 4;
const POST_MAX_BYTES = 2_048;
const SWEEP_EVERY_MS = 250;
const FAULT_REPORT_EVERY_MS = 1_000;

/**
 * Serves HTTP/1.1 in clear, and HTTP/2 over TLS where configured.
 *
 * The memory that a viewer uses is bounded: connections, pending requests, held
 * requests and unread bytes have limits, and a client that does not read is dropped.
 */
export class ViewerServer {
  readonly #options: ServerOptions;
  readonly #handlers: Handlers;
  readonly #reportFault: Handlers['onFault'];
  readonly #clock: Clock;
  readonly #heldRequests: HeldRequests;
  readonly #connections: Connections;
  readonly #totals = openTotals();
  readonly #writer = new ReplyWriter(this.#totals);
  /** By connection, its pending requests. */
  readonly #pending = new WeakMap<object, number>();
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

  /**
   * Serves until `signal` aborts. Rejects with a PipelineError PORT_TAKEN, LISTEN_FAILED or BAD_CERTIFICATE.
   *
   * @param onListening Called once all ports are open.
   */
  async run(signal: AbortSignal, onListening: () => void): Promise<void> {
    let servers: readonly Server[] = [];
    try {
      servers = await openListeners(this.#options, {
        onRequest: (request, response) => this.#onRequest(request, response),
        onConnection: (socket) => this.#onConnection(socket),
        onTlsHttp1: (socket) => this.#connections.watch(socket),
      });
      onListening();
      while (!signal.aborted) {
        await pause(this.#clock, SWEEP_EVERY_MS, signal);
        this.#heldRequests.sweep(this.#clock.monotonicMs());
        this.#totals.droppedSlowTotal += this.#connections.dropSlow();
      }
    } finally {
      for (const server of servers) server.close();
      this.#connections.dropAll();
    }
  }

  /** A track has published: checks its held requests again. */
  wake(trackId: string): void {
    this.#heldRequests.wake(trackId);
  }

  figures(): HttpFigures {
    return {
      ...this.#totals,
      connections: this.#connections.count,
      held: this.#heldRequests.count,
    };
  }

  /** A client that finds such a request could repeat it a thousand times a second. */
  #onFault(error: unknown): void {
    this.#totals.failedTotal += 1;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#faultReportedMs < FAULT_REPORT_EVERY_MS) return;
    this.#faultReportedMs = nowMs;
    this.#reportFault(error);
  }

  #onConnection(socket: Socket): void {
    if (!this.#connections.admit(socket)) this.#totals.refusedTotal += 1;
  }

  #onRequest(request: Request, response: Response): void {
    this.#totals.requestsTotal += 1;
    const connection = connectionOf(request);
    const pending = this.#pending.get(connection) ?? 0;
    if (pending >= REQUESTS_PER_CONNECTION) {
      this.#totals.refusedTotal += 1;
      connection.destroy();
      return;
    }
    this.#pending.set(connection, pending + 1);
    let release: (() => void) | undefined;
    response.once('close', () => {
      this.#pending.set(connection, (this.#pending.get(connection) ?? 1) - 1);
      release?.();
    });
    response.on('error', () => undefined);

    if (request.method === 'POST') this.#onPost(request, response);
    else release = this.#onGet(request, response);
  }

  /** @returns how to release the request, where it is held. */
  #onGet(request: Request, response: Response): (() => void) | undefined {
    const parsed = parseRequest(request);
    const answer = immediateReply(request.method) ?? this.#handlers.get(parsed);
    if (!('wait' in answer)) {
      this.#writer.send(response, answer);
      return undefined;
    }
    const settle = (reply: Reply) => this.#writer.send(response, reply);
    const nowMs = this.#clock.monotonicMs();
    const release = this.#heldRequests.hold(answer, parsed.address ?? '', nowMs, settle);
    if (release === undefined) this.#writer.send(response, TOO_MANY_REQUESTS);
    return release;
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
        this.#writer.send(response, this.#handlers.post(parseRequest(request).path, body));
      }
    });
  }
}
