/** The relay's UDP socket towards the SRT listener, one for each group. */
import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import type { Endpoint } from '../core/config.ts';

/** A sender that comes back from an outage bursts. */
const BUFFER_BYTES = 4_000_000;

/** Packets queued until a group's socket is open: the handshake should not wait for its repeat. */
const MAX_QUEUED = 32;

/** A listener whose name cannot be looked up is tried again this often. */
const RETRY_MS = 1000;

export interface Output {
  send(packet: Buffer): void;
  close(): void;
}

export interface OutputDeps {
  readonly clock: Clock;
  /** Names the group in each message. */
  readonly log: Log;
  readonly onPacket: (packet: Buffer) => void;
  /** Node's own, unless a test has another. */
  readonly lookup?: SocketOptions['lookup'];
}

/**
 * Opens the socket and tries until the listener's name is known, or it is closed.
 * Never throws; what fails is logged, once for each code of the system.
 */
export function openOutput(srt: Endpoint, deps: OutputDeps): Output {
  return new OutputSocket(srt, deps);
}

class OutputSocket implements Output {
  readonly #srt: Endpoint;
  readonly #deps: OutputDeps;
  readonly #closing = new AbortController();
  readonly #loggedReasons = new Set<string>();
  readonly #queued: Buffer[] = [];
  #socket: Socket | undefined;
  #isConnected = false;

  constructor(srt: Endpoint, deps: OutputDeps) {
    this.#srt = srt;
    this.#deps = deps;
    this.#open();
  }

  send(packet: Buffer): void {
    if (this.#isConnected) {
      this.#socket?.send(packet, this.#afterSend);
      return;
    }
    // The sender's SRT waits for an answer to its newest handshake only.
    if (this.#queued.length >= MAX_QUEUED) this.#queued.shift();
    this.#queued.push(packet);
  }

  close(): void {
    this.#closing.abort();
    this.#drop();
  }

  #open(): void {
    const { onPacket, lookup } = this.#deps;
    const opening = createSocket({
      type: isIPv6(this.#srt.host) ? 'udp6' : 'udp4',
      recvBufferSize: BUFFER_BYTES,
      sendBufferSize: BUFFER_BYTES,
      ...(lookup === undefined ? {} : { lookup }),
    });
    this.#socket = opening;
    opening.on('error', (error) => this.#onError(error));
    opening.on('message', onPacket);
    opening.on('connect', () => {
      this.#isConnected = true;
      for (const packet of this.#queued.splice(0)) opening.send(packet, this.#afterSend);
    });
    // Without a callback: that would also be called for a failure.
    opening.connect(this.#srt.port, this.#srt.host);
  }

  #drop(): void {
    this.#socket?.removeAllListeners().on('error', ignore).close();
    this.#socket = undefined;
  }

  #onError(error: NodeJS.ErrnoException): void {
    const { clock, log } = this.#deps;
    const { host, port } = this.#srt;
    const reason = error.code ?? error.message;
    // ECONNREFUSED while the listener is away; the sender's SRT repeats its handshake.
    if (!this.#loggedReasons.has(reason)) {
      log.warn('SRT listener unreachable', { to: host, port, reason });
    }
    this.#loggedReasons.add(reason);
    if (this.#isConnected) return;
    this.#drop();
    void clock.sleep(RETRY_MS, this.#closing.signal).then(() => this.#open(), ignore);
  }

  readonly #afterSend = (error: Error | null): void => {
    if (error !== null && !this.#closing.signal.aborted) this.#onError(error);
  };
}

function ignore(): void {}
