/** The open connections of the viewers' server, within their limits. */
import type { Socket } from 'node:net';
import type { Clock } from '../../hal/os/clock.ts';
import { addressKeyOf } from './address-key.ts';

/** A client that reads nothing for this long, while bytes wait for it, is dropped. */
export const STUCK_MS = 6_000;
/** A client with more unread bytes than this is dropped, even if it reads slowly. */
const BACKLOG_MAX_BYTES = 4_000_000;

export interface ConnectionLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
}

interface ConnectionState {
  writtenBytes: number;
  progressMs: number;
}

/** Limited in total and for each address; clients that do not read are dropped. */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #states = new Map<Socket, ConnectionState>();
  readonly #perAddress = new Map<string, number>();
  #count = 0;

  constructor(limits: ConnectionLimits, clock: Pick<Clock, 'monotonicMs'>) {
    this.#limits = limits;
    this.#clock = clock;
  }

  get count(): number {
    return this.#count;
  }

  /** @returns false where a limit is reached: the socket is closed then. */
  admit(socket: Socket): boolean {
    const address = addressKeyOf(socket.remoteAddress);
    const fromAddress = this.#perAddress.get(address) ?? 0;
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    if (this.#count >= maxConnections || fromAddress >= maxConnectionsPerAddress) {
      socket.destroy();
      return false;
    }
    this.#perAddress.set(address, fromAddress + 1);
    this.#count += 1;
    this.watch(socket);
    socket.once('close', () => {
      this.#count -= 1;
      const left = (this.#perAddress.get(address) ?? 1) - 1;
      if (left > 0) this.#perAddress.set(address, left);
      else this.#perAddress.delete(address);
    });
    return true;
  }

  /** Watches a socket without counting it: the TLS socket of one that is counted. */
  watch(socket: Socket): void {
    this.#states.set(socket, { writtenBytes: 0, progressMs: this.#clock.monotonicMs() });
    socket.on('error', () => undefined);
    socket.once('close', () => this.#states.delete(socket));
  }

  /** Drops connections whose client does not read, or has too much unread; returns how many. */
  dropSlow(): number {
    const nowMs = this.#clock.monotonicMs();
    let dropped = 0;
    for (const [socket, state] of this.#states) {
      const backlogBytes = socket.writableLength;
      const writtenBytes = socket.bytesWritten - backlogBytes;
      if (backlogBytes === 0 || writtenBytes > state.writtenBytes) state.progressMs = nowMs;
      state.writtenBytes = writtenBytes;
      if (nowMs - state.progressMs < STUCK_MS && backlogBytes < BACKLOG_MAX_BYTES) continue;
      dropped += 1;
      socket.destroy();
    }
    return dropped;
  }

  dropAll(): void {
    for (const socket of this.#states.keys()) socket.destroy();
  }
}
