/** The UDP socket of one link. */
import { openUdp, type UdpSocket } from '../../../hal/os/udp/socket.ts';
import { type LinkConfig, SOCKET_PORTS } from '../core/config.ts';
import type { LookupFrom } from './link-lookup.ts';

/** Room for half a second of 50 Mbit/s, within the default limits of Debian's kernels. */
const BUFFER_BYTES = 2_000_000;

/** A socket that could not be opened is tried again this often. */
const RETRY_MS = 1000;

/** These lose one packet and say nothing about the link. */
const TRANSIENT: ReadonlySet<string> = new Set(['EAGAIN', 'ENOBUFS', 'ENOMEM', 'EMSGSIZE']);

export interface LinkSocketEvents {
  /** Bound and connected: it can send. */
  onOpened(): void;
  onPacket(packet: Buffer): void;
  /** Sending or opening failed, with the system's code: `ENETUNREACH`, `EADDRNOTAVAIL`, … */
  onFailed(code: string): void;
}

/** None of its methods throws; an event reports what fails. */
export interface LinkSocket {
  send(packet: Buffer): void;
  /** While its link is among these it loses all packets, both ways. */
  block(ids: readonly string[]): void;
  /** Closes it and opens it again on another local port. */
  rebind(): void;
  /** Opens it where it is not open, at most once a second. Call it every tick. */
  ensureOpen(nowMs: number): void;
  close(): void;
}

/** Where a link's packets go; the address is looked up each time the socket is opened. */
export interface Receiver {
  readonly port: number;
  resolve(from: LookupFrom): Promise<string>;
}

export function openLinkSocket(
  config: LinkConfig,
  receiver: Receiver,
  events: LinkSocketEvents,
): LinkSocket {
  return new BoundSocket(config, receiver, events);
}

/**
 * Bound to the link's source address, connected to the receiver: so the kernel does not
 * look up a route for each packet, and drops packets from other senders.
 */
class BoundSocket implements LinkSocket {
  readonly #config: LinkConfig;
  readonly #receiver: Receiver;
  readonly #events: LinkSocketEvents;
  #socket: UdpSocket | undefined;
  /** Counts openings: a look-up that ends after the next one began is of no use. */
  #opening = 0;
  #isOpening = false;
  /** Counts sockets, also those that could not be opened. */
  #sockets = 0;
  #isBlocked = false;
  #retryAtMs = Number.NEGATIVE_INFINITY;

  constructor(config: LinkConfig, receiver: Receiver, events: LinkSocketEvents) {
    this.#config = config;
    this.#receiver = receiver;
    this.#events = events;
  }

  send(packet: Buffer): void {
    if (!this.#isBlocked) this.#socket?.send(packet);
  }

  block(ids: readonly string[]): void {
    this.#isBlocked = ids.includes(this.#config.id);
  }

  rebind(): void {
    this.close();
    this.#retryAtMs = Number.NEGATIVE_INFINITY;
  }

  ensureOpen(nowMs: number): void {
    if (this.#socket !== undefined || this.#isOpening || nowMs < this.#retryAtMs) return;
    this.#retryAtMs = nowMs + RETRY_MS;
    void this.#resolve();
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.#isOpening = false;
    this.#opening += 1;
  }

  async #resolve(): Promise<void> {
    this.#opening += 1;
    const opening = this.#opening;
    this.#isOpening = true;
    try {
      const address = await this.#receiver.resolve(this.#config);
      if (opening !== this.#opening) return;
      this.#open(address);
    } catch (error) {
      if (opening === this.#opening) this.#events.onFailed(codeOf(error as Error));
    } finally {
      if (opening === this.#opening) this.#isOpening = false;
    }
  }

  #open(receiver: string): void {
    const { sourceAddress, sourcePort } = this.#config;
    const port = sourcePort === undefined ? 0 : sourcePort + (this.#sockets % SOCKET_PORTS);
    this.#sockets += 1;
    this.#socket = openUdp(
      {
        local: { host: sourceAddress, port },
        remote: { host: receiver, port: this.#receiver.port },
        bufferBytes: BUFFER_BYTES,
      },
      {
        onPacket: (packet) => {
          if (!this.#isBlocked) this.#events.onPacket(packet);
        },
        onError: (code) => {
          if (!TRANSIENT.has(code)) this.#events.onFailed(code);
        },
      },
    );
    this.#events.onOpened();
  }
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
