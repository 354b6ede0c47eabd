/** One connection of a client, from accept to close. */
import type { Http2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { type ClientAddress, ResetCount } from './client-address.ts';

/** From accept to the first request: TCP, TLS, preface and headers. */
const FIRST_REQUEST_MS = 10_000;
/**
 * Without a request that starts or ends, and without a chunk of a file. Node closes idle
 * connections before (keepAliveTimeout), and no request is held for as long.
 */
const QUIET_MS = 35_000;
/** A client that reads nothing for this long, while bytes wait for it, is dropped. */
export const STUCK_MS = 6_000;
/** A client with more unread bytes than this is dropped, even if it reads slowly. */
const BACKLOG_MAX_BYTES = 4_000_000;

/** Something that must end with its connection. */
export interface Owned {
  end(): void;
}

export class Connection {
  readonly address: ClientAddress;
  /** What has to end with it: files that are being sent. */
  readonly owned = new Set<Owned>();
  readonly resets = new ResetCount();
  readonly openedMs: number;
  activeMs: number;
  /** Pending requests. */
  requests = 0;
  /** Of replies that the client has not read yet. */
  queuedBytes = 0;
  readonly #accepted: Socket;
  /** The socket that has the backlog: over TLS the one above the accepted socket. */
  #socket: Socket;
  #session: Http2Session | undefined;
  #isCounted = false;
  #hadRequest = false;
  #writtenBytes = 0;
  #progressMs: number;

  constructor(accepted: Socket, address: ClientAddress, nowMs: number) {
    this.#accepted = accepted;
    this.#socket = accepted;
    this.address = address;
    this.openedMs = nowMs;
    this.activeMs = nowMs;
    this.#progressMs = nowMs;
  }

  get isIdle(): boolean {
    return this.requests === 0;
  }

  get isClosed(): boolean {
    return this.#accepted.destroyed;
  }

  /** An HTTP/2 session that goes on. */
  get hasSession(): boolean {
    return this.#session?.destroyed === false && !this.#session.closed;
  }

  setSecure(socket: Socket): void {
    this.#socket = socket;
  }

  setSession(session: Http2Session): void {
    this.#session = session;
  }

  beginRequest(nowMs: number): void {
    if (this.requests === 0 && this.#isCounted) this.address.idle -= 1;
    this.requests += 1;
    this.#hadRequest = true;
    this.activeMs = nowMs;
  }

  endRequest(nowMs: number): void {
    this.requests -= 1;
    if (this.requests === 0 && this.#isCounted) this.address.idle += 1;
    this.activeMs = nowMs;
  }

  /** From accept on it counts for its address. */
  join(): void {
    this.#isCounted = true;
    this.address.connections += 1;
    this.address.idle += 1;
  }

  /** It is closed: its address has back what it used, whatever events are still to come. */
  leave(): void {
    this.#isCounted = false;
    this.address.connections -= 1;
    if (this.isIdle) this.address.idle -= 1;
    this.address.queuedBytes -= this.queuedBytes;
    for (const owned of this.owned) owned.end();
  }

  /** @param bytes Of a reply that begins to wait for the client; negative once it is over. */
  addQueued(bytes: number): void {
    if (!this.#isCounted) return;
    this.queuedBytes += bytes;
    this.address.queuedBytes += bytes;
  }

  /** True where nothing is to be expected of it any more. No event of the socket is needed for this. */
  isOver(nowMs: number): boolean {
    // Node has been seen to leave the socket of a destroyed session open for ever.
    if (this.#session?.destroyed === true || this.#socket.destroyed) return true;
    if (!this.#hadRequest) return nowMs - this.openedMs > FIRST_REQUEST_MS;
    return nowMs - this.activeMs > QUIET_MS;
  }

  /** True where the client does not read, or has too much unread. To be called at each sweep. */
  isStuck(nowMs: number): boolean {
    const backlogBytes = this.#socket.writableLength;
    const writtenBytes = this.#socket.bytesWritten - backlogBytes;
    if (backlogBytes === 0 || writtenBytes > this.#writtenBytes) this.#progressMs = nowMs;
    this.#writtenBytes = writtenBytes;
    return nowMs - this.#progressMs >= STUCK_MS || backlogBytes >= BACKLOG_MAX_BYTES;
  }

  close(): void {
    this.#session?.destroy();
    this.#socket.destroy();
    this.#accepted.destroy();
  }

  /** @param code Of HTTP/2, sent with GOAWAY. */
  closeWith(code: number): void {
    if (this.hasSession) this.#session?.goaway(code);
    // What the session has to write is written at the end of this turn of the event loop.
    setImmediate(() => this.close());
  }
}
