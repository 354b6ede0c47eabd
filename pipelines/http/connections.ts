import type { Socket } from 'node:net';
import type { Clock } from '../../hal/os/clock.ts';
import { addressKeyOf } from './address-key.ts';

/** A reader that takes nothing for so long while bytes wait for it is dropped. */
export const STUCK_MS = 6_000;
/** However it trickles, nobody keeps this much waiting. */
const BACKLOG_MAX_BYTES = 4_000_000;

export interface ConnectionLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
}

interface ConnectionState {
  writtenBytes: number;
  progressMs: number;
}

/** Who is connected: so many in all and from one address, and nobody who does not read. */
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

  /** @returns false where there are too many: the socket is closed. */
  admit(socket: Socket): boolean {
    const address = addressKeyOf(socket.remoteAddress);
    const fromThere = this.#perAddress.get(address) ?? 0;
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    if (this.#count >= maxConnections || fromThere >= maxConnectionsPerAddress) {
      socket.destroy();
      return false;
    }
    this.#perAddress.set(address, fromThere + 1);
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

  /** One that is counted already, for example the TLS in it. */
  watch(socket: Socket): void {
    this.#states.set(socket, { writtenBytes: 0, progressMs: this.#clock.monotonicMs() });
    socket.on('error', () => undefined);
    socket.once('close', () => this.#states.delete(socket));
  }

  /** Drops who does not read, or keeps too much waiting; tells how many. */
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
