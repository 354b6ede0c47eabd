/** Sends access units of some tracks to the uplink process, by FIFOs. */
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { TrackKind } from '../packager/track.ts';
import { type FedUnit, UnitFeed } from './unit-feed.ts';

interface TrackOutput {
  readonly feed: UnitFeed;
  readonly socket: Socket;
}

/**
 * There is one uplink at a time; a new one replaces the old one.
 */
export class UplinkFeed {
  readonly #caps = new Map<string, string>();
  #outputs = new Map<string, TrackOutput>();

  /** Opens the FIFOs that an uplink reads. Throws when one cannot be opened. */
  open(outputs: readonly { id: string; kind: TrackKind; path: string }[]): void {
    this.close();
    const opened = new Map<string, TrackOutput>();
    this.#outputs = opened;
    for (const { id, kind, path } of outputs) {
      const socket = openFifo(path);
      socket.on('error', () => undefined);
      socket.once('close', () => opened.delete(id));
      const pipe = {
        write: (bytes: Buffer) => void socket.write(bytes),
        get backlogBytes() {
          return socket.writableLength;
        },
      };
      const feed = new UnitFeed(pipe, kind);
      const caps = this.#caps.get(id);
      if (caps !== undefined) feed.setCaps(caps);
      opened.set(id, { feed, socket });
    }
  }

  setCaps(id: string, caps: string): void {
    this.#caps.set(id, caps);
    this.#outputs.get(id)?.feed.setCaps(caps);
  }

  add(id: string, unit: FedUnit): void {
    this.#outputs.get(id)?.feed.add(unit);
  }

  /** To be called a few times a second: see {@link UnitFeed.fill}. */
  fill(nowUs: number): void {
    for (const { feed } of this.#outputs.values()) feed.fill(nowUs);
  }

  /** Capture has restarted. */
  restart(): void {
    for (const { feed } of this.#outputs.values()) feed.restart();
  }

  close(): void {
    for (const { socket } of this.#outputs.values()) socket.destroy();
    this.#outputs.clear();
  }
}

function openFifo(path: string): Socket {
  // Non-blocking: without a reader this fails with ENXIO instead of waiting.
  const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    return new Socket({ fd, readable: false, writable: true });
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
