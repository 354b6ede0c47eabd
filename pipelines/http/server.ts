/** The HTTP server for viewers. */
import type { Http2Session } from 'node:http2';
import type { Server, Socket } from 'node:net';
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { cutOff } from '../../hal/os/tcp/cut-off.ts';
import type { Connection } from './clients/connection.ts';
import { Connections } from './clients/connections.ts';
import { openTrustedProxies } from './clients/trusted-proxies.ts';
import { type Handlers, type HttpRequest, withFaultReply } from './handlers.ts';
import { HeldRequests } from './held-requests.ts';
import { type HttpFigures, openTotals } from './http-figures.ts';
import {
  openListeners,
  PIPELINED_MAX,
  REQUESTS_PER_CONNECTION,
  type Response,
} from './listeners.ts';
import { type OwnNames, openOwnNames } from './own-address.ts';
import { PendingRequest } from './pending-request.ts';
import { type Reply, refuse } from './reply.ts';
import { ReplyWriter, TOO_MANY_REQUESTS, TOO_OFTEN } from './reply-writer.ts';
import {
  carrierOf,
  immediateReply,
  parseRequest,
  type Request,
  type RequestContext,
  receiveBody,
  wasReset,
} from './request.ts';
import type { ServerOptions } from './server-settings.ts';
import { StreamSlots } from './streams/stream-slots.ts';
import { readX509 } from './tls-files.ts';

/** How many requests of a connection may be held on average: HTTP/2 has a whole page on one. */
const HELD_PER_CONNECTION = 4;
/** What one address may hold where its number of connections does not allow more: 500 guests. */
const HELD_PER_ADDRESS = 2_048;
/**
 * A guest's player sends up to 20 requests a second over one HTTP/2 connection, or four of HTTP/1.1.
 * One router may have 300 guests behind it.
 */
const REQUESTS_PER_S_MIN = 6_000;
const REQUESTS_PER_CONNECTION_S = 8;
const POST_MAX_BYTES = 2_048;
const SWEEP_EVERY_MS = 250;
const FAULT_REPORT_EVERY_MS = 1_000;
const TOO_LONG = refuse(413, 'the request is too long');

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
  readonly #writer: ReplyWriter;
  #context: RequestContext;
  readonly #allowance: { readonly perS: number; readonly burst: number };
  #faultReportedMs = Number.NEGATIVE_INFINITY;

  constructor(options: ServerOptions, handlers: Handlers, clock: Clock) {
    this.#options = options;
    this.#handlers = withFaultReply({ ...handlers, onFault: (error) => this.#onFault(error) });
    this.#reportFault = handlers.onFault;
    this.#clock = clock;
    const { maxConnections, maxConnectionsPerAddress, tls } = options;
    const isTrusted = openTrustedProxies(options.trustedProxies ?? []);
    this.#context = { isTrusted, names: this.#namesBy(tls?.cert) };
    this.#connections = new Connections(options, clock, isTrusted);
    const perS = Math.max(REQUESTS_PER_S_MIN, REQUESTS_PER_CONNECTION_S * maxConnectionsPerAddress);
    this.#allowance = { perS, burst: 2 * perS };
    const streams = new StreamSlots(maxConnections, maxConnectionsPerAddress);
    this.#writer = new ReplyWriter(this.#totals, streams, () => clock.monotonicMs());
    const perAddress = Math.max(
      maxConnectionsPerAddress,
      Math.min(HELD_PER_CONNECTION * maxConnectionsPerAddress, HELD_PER_ADDRESS),
    );
    this.#heldRequests = new HeldRequests(maxConnections * HELD_PER_CONNECTION, perAddress);
  }

  /**
   * Serves until `signal` aborts. Rejects with a PipelineError PORT_TAKEN, LISTEN_FAILED or BAD_CERTIFICATE.
   *
   * @param onListening Called once all ports are open.
   */
  async run(signal: AbortSignal, onListening: () => void): Promise<void> {
    let servers: readonly Server[] = [];
    try {
      const events = {
        onRequest: (request: Request, response: Response) => this.#onRequest(request, response),
        onConnection: (socket: Socket) => {
          this.#totals.refusedTotal += this.#connections.admit(socket);
        },
        onSecure: (socket: Socket) => this.#connections.setSecure(socket),
        onSession: (session: Http2Session) => this.#connections.setSession(session),
        onRenewed: (cert: Buffer) => {
          this.#context = { ...this.#context, names: this.#namesBy(cert) };
        },
      };
      servers = await openListeners(this.#options, events, signal);
      onListening();
      while (!signal.aborted) {
        await pause(this.#clock, SWEEP_EVERY_MS, signal);
        this.#heldRequests.sweep(this.#clock.monotonicMs());
        this.#totals.droppedSlowTotal += this.#connections.sweep();
      }
    } finally {
      for (const server of servers) server.close();
      this.#connections.closeAll();
    }
  }

  #namesBy(cert: Buffer | undefined): OwnNames {
    return openOwnNames(this.#options.hostNames ?? [], cert && readX509(cert));
  }

  /** A track has published: checks its held requests again. */
  wake(trackId: string): void {
    this.#heldRequests.wake(trackId);
  }

  figures(): HttpFigures {
    const { reachedAt } = this.#connections;
    return {
      ...this.#totals,
      ...(reachedAt === undefined ? {} : { reachedAt }),
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

  #onRequest(request: Request, response: Response): void {
    this.#totals.requestsTotal += 1;
    const connection = this.#connections.of(carrierOf(request));
    const max = request.httpVersionMajor === 1 ? PIPELINED_MAX : REQUESTS_PER_CONNECTION;
    if (connection === undefined || connection.requests >= max) {
      this.#totals.refusedTotal += 1;
      if (request.httpVersionMajor === 1) cutOff(request.socket);
      else if (connection === undefined) request.socket?.destroy();
      if (connection !== undefined) this.#connections.close(connection);
      return;
    }
    const nowMs = this.#clock.monotonicMs();
    const pending = new PendingRequest(connection, response, nowMs);
    response.once('close', () => this.#onClose(request, pending));
    response.on('error', () => undefined);
    const parsed = parseRequest(request, connection, this.#context);
    if ('address' in parsed) pending.address = parsed.address ?? pending.address;
    if ('status' in parsed) this.#send(parsed, pending);
    else if (!this.#isAllowed(connection, parsed, nowMs)) this.#send(TOO_OFTEN, pending);
    else if (!this.#isExchange(request, parsed, pending)) {
      if (request.method === 'POST') this.#onPost(request, parsed, pending);
      else this.#onGet(parsed, request.method, pending);
    }
  }

  /** True where it is answered by another process, later. */
  #isExchange(request: Request, parsed: HttpRequest, pending: PendingRequest): boolean {
    const exchange = this.#handlers.exchange?.(parsed, request.method ?? 'GET');
    if (exchange === undefined) return false;
    if ('status' in exchange) this.#send(exchange, pending);
    else {
      const stop = receiveBody(request, exchange.bodyMaxBytes, (body) => {
        if (body === undefined) this.#send(TOO_LONG, pending);
        else void exchange.answer(body).then((reply) => this.#send(reply, pending));
      });
      pending.setRelease(stop);
    }
    return true;
  }

  #isAllowed({ address }: Connection, request: HttpRequest, nowMs: number): boolean {
    const client = address.isProxy
      ? this.#connections.addresses.get(request.address ?? '', nowMs)
      : address;
    return client.isProxy || client.takeRequest(nowMs, this.#allowance);
  }

  #onClose(request: Request, pending: PendingRequest): void {
    const { connection } = pending;
    const nowMs = this.#clock.monotonicMs();
    pending.end(nowMs);
    if (!wasReset(request, connection) || connection.resets.add(connection.address, nowMs)) return;
    this.#totals.refusedTotal += 1;
    this.#connections.punish(connection);
  }

  #send(reply: Reply, pending: PendingRequest): void {
    pending.setQueued(this.#writer.send(pending.response, reply, pending));
  }

  #onGet(request: HttpRequest, method: string | undefined, pending: PendingRequest): void {
    const answer = immediateReply(method) ?? this.#handlers.get(request);
    if (!('wait' in answer)) {
      this.#send(answer, pending);
      return;
    }
    const nowMs = this.#clock.monotonicMs();
    const settle = (reply: Reply) => this.#send(reply, pending);
    const release = this.#heldRequests.hold(answer, request.address ?? '', nowMs, settle);
    if (release === undefined) settle(TOO_MANY_REQUESTS);
    else pending.setRelease(release);
  }

  #onPost(request: Request, parsed: HttpRequest, pending: PendingRequest): void {
    const stop = receiveBody(request, POST_MAX_BYTES, (body) => {
      if (body === undefined) request.destroy();
      else this.#send(this.#handlers.post(parsed, body), pending);
    });
    pending.setRelease(stop);
  }
}
