/** The UDP socket of one link. */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { LinkConfig } from '../core/config.ts';

/** Room for half a second of 50 Mbit/s, within the default limits of Debian's kernels. */
const BUFFER_BYTES = 2_000_000;

/** A socket that could not be opened is tried again this often. */
const RETRY_MS = 1000;

/** These lose one packet and say nothing about the link. */
const TRANSIENT: ReadonlySet<string> = new Set(['EAGAIN', 'ENOBUFS', 'ENOMEM', 'EMSGSIZE']);

/** One send in this many asks for its result: it costs, and a dead device fails them all. */
const CHECK_EVERY = 8;

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
  /** Closes it and opens it again on another local port, where the port is not fixed. */
  rebind(): void;
  /** Opens it where it is not open, at most once a second. Call it every tick. */
  ensureOpen(nowMs: number): void;
  close(): void;
}

/** Where a link's packets go; the address is looked up each time the socket is opened. */
export interface Receiver {
  readonly port: number;
  resolve(sourceAddress: string): Promise<string>;
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
  #socket: Socket | undefined;
  /** Counts openings: a look-up that ends after the next one began is of no use. */
  #opening = 0;
  #isOpening = false;
  #isConnected = false;
  #sentCount = 0;
  #retryAtMs = Number.NEGATIVE_INFINITY;

  constructor(config: LinkConfig, receiver: Receiver, events: LinkSocketEvents) {
    this.#config = config;
    this.#receiver = receiver;
    this.#events = events;
  }

  send(packet: Buffer): void {
    if (!this.#isConnected) return;
    this.#sentCount += 1;
    if (this.#sentCount % CHECK_EVERY === 0) this.#socket?.send(packet, this.#afterSend);
    else this.#socket?.send(packet);
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
    const closed = this.#socket;
    this.#socket = undefined;
    this.#isConnected = false;
    this.#isOpening = false;
    this.#opening += 1;
    closed?.removeAllListeners().on('error', () => undefined);
    closed?.close();
  }

  async #resolve(): Promise<void> {
    this.#opening += 1;
    const opening = this.#opening;
    this.#isOpening = true;
    try {
      const address = await this.#receiver.resolve(this.#config.sourceAddress);
      if (opening !== this.#opening) return;
      this.#open(address);
    } catch (error) {
      if (opening === this.#opening) this.#events.onFailed(codeOf(error as Error));
    } finally {
      if (opening === this.#opening) this.#isOpening = false;
    }
  }

  #open(receiver: string): void {
    const { sourceAddress, sourcePort = 0 } = this.#config;
    const opening = createSocket({
      type: isIPv6(sourceAddress) ? 'udp6' : 'udp4',
      recvBufferSize: BUFFER_BYTES,
      sendBufferSize: BUFFER_BYTES,
    });
    this.#socket = opening;
    opening.on('error', (error) => {
      if (!this.#isConnected) this.close();
      this.#events.onFailed(codeOf(error));
    });
    opening.on('message', (packet) => this.#events.onPacket(packet));
    opening.on('connect', () => {
      this.#isConnected = true;
      this.#events.onOpened();
    });
    opening.bind({ address: sourceAddress, port: sourcePort }, () => {
      // Without a callback: that would also be called for a failure.
      if (this.#socket === opening) opening.connect(this.#receiver.port, receiver);
    });
  }

  readonly #afterSend = (error: Error | null): void => {
    if (error !== null && !TRANSIENT.has(codeOf(error))) this.#events.onFailed(codeOf(error));
  };
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
