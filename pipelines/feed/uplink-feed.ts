/** Sends access units of some tracks to the uplink and destination processes, by FIFOs. */
import type { Socket } from 'node:net';
import { openFifo } from '../gdp/fifo.ts';
import type { Slate } from '../packager/filler.ts';
import type { TrackKind } from '../packager/track.ts';
import { type FedUnit, UnitFeed } from './unit-feed.ts';

interface TrackOutput {
  readonly feed: UnitFeed;
  readonly socket: Socket;
}

/** The outputs of one reader, by track. */
type Outputs = Map<string, TrackOutput>;

/**
 * Each reader has a name; a new one of a name replaces the old one. A reader that is slow or
 * gone loses its own units, and no other's.
 */
export class UplinkFeed {
  readonly #caps = new Map<string, string>();
  readonly #readers = new Map<string, Outputs>();
  #slates: readonly Slate[] = [];
  #isEnded = false;

  /** Opens the FIFOs that a reader reads. Throws when one cannot be opened. */
  open(reader: string, outputs: readonly { id: string; kind: TrackKind; path: string }[]): void {
    closeAll(this.#readers.get(reader));
    const opened: Outputs = new Map();
    this.#readers.set(reader, opened);
    for (const { id, kind, path } of outputs) {
      const socket = openFifo(path, 'writing');
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
      feed.setSlates(this.#slates);
      opened.set(id, { feed, socket });
    }
  }

  setCaps(id: string, caps: string): void {
    this.#caps.set(id, caps);
    for (const outputs of this.#readers.values()) outputs.get(id)?.feed.setCaps(caps);
  }

  /** See `Presentation.setSlates`. */
  setSlates(slates: readonly Slate[]): void {
    this.#slates = slates;
    for (const feed of this.#feeds()) feed.setSlates(slates);
  }

  add(id: string, unit: FedUnit): void {
    if (this.#isEnded) return;
    for (const outputs of this.#readers.values()) outputs.get(id)?.feed.add(unit);
  }

  /** To be called a few times a second: see {@link UnitFeed.fill}. */
  fill(nowUs: number): void {
    if (this.#isEnded) return;
    for (const feed of this.#feeds()) feed.fill(nowUs);
  }

  /** The drop is over: readers send what they have, and get no more. */
  end(): void {
    this.#isEnded = true;
  }

  /** Capture has restarted. */
  restart(): void {
    for (const feed of this.#feeds()) feed.restart();
  }

  *#feeds(): Generator<UnitFeed> {
    for (const outputs of this.#readers.values()) {
      for (const { feed } of outputs.values()) yield feed;
    }
  }
}

function closeAll(outputs: Outputs | undefined): void {
  for (const { socket } of outputs?.values() ?? []) socket.destroy();
}
