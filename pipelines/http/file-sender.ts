import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { addressKeyOf } from './address-key.ts';
import { STUCK_MS } from './connections.ts';
import type { Reply } from './reply.ts';
import { connectionOf } from './request.ts';
import { Semaphore } from './semaphore.ts';

/** A page plays one and looks into another. */
const PER_CONNECTION = 4;
const PER_ADDRESS = 64;
const IN_ALL = 256;

/** A chunk of 64 KiB takes no longer on any link that carries a picture. */
const STUCK_FILE_MS = 2 * STUCK_MS;

export interface FileEvents {
  readonly onSent: (bytes: number) => void;
  /** A reader that did not read was cut off. */
  readonly onStuck: () => void;
}

/**
 * Sends files from disk, a bounded number at once: each one under way is an open
 * descriptor and a chunk in memory, for as long as its reader likes.
 */
export class FileSender {
  readonly #slots = new Semaphore();
  readonly #events: FileEvents;

  constructor(events: FileEvents) {
    this.#events = events;
  }

  /** @returns how to send it as the body of `out`, or that all slots are taken. */
  open(out: ServerResponse, file: NonNullable<Reply['file']>): (() => void) | 'too many' {
    const { req } = out;
    if (req.method === 'HEAD') return () => out.end();
    const release = this.#slots.take([
      ['all', IN_ALL],
      [addressKeyOf(req.socket.remoteAddress), PER_ADDRESS],
      [connectionOf(req), PER_CONNECTION],
    ]);
    if (release === undefined) return 'too many';
    return () => this.#send(out, file, release);
  }

  /** Read no faster than the viewer takes it; a disk that fails cuts the answer short. */
  #send(out: ServerResponse, file: NonNullable<Reply['file']>, release: () => void): void {
    const bytes = createReadStream(file.path, { start: file.from, end: file.to });
    bytes.on('error', () => out.destroy());
    bytes.on('data', (chunk) => this.#events.onSent(chunk.length));
    const stuck = out.req.httpVersionMajor === 2 ? this.#watch(out, bytes) : undefined;
    onceGone(out, () => {
      clearTimeout(stuck);
      release();
      bytes.destroy();
    });
    bytes.pipe(out);
  }

  /**
   * Of HTTP/1.1 the connection shows who does not read (see `Peers`). Of HTTP/2 it does
   * not, and Node's time-out of a stream is put off by whatever its session sends, a
   * PING's answer too: here it shows by the file that is not read on.
   */
  #watch(out: ServerResponse, bytes: Readable): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#events.onStuck();
      out.destroy();
    }, STUCK_FILE_MS);
    bytes.on('data', () => timer.refresh());
    return timer;
  }
}

/**
 * Runs when an answer has gone out or never will. Of one that waits for its turn on
 * its connection (pipelining) Node tells nothing when that closes: the socket does.
 */
function onceGone(out: ServerResponse, run: () => void): void {
  const socket = out.req.httpVersionMajor === 1 ? out.req.socket : undefined;
  const gone = () => {
    socket?.off('close', gone);
    out.off('close', gone);
    run();
  };
  socket?.once('close', gone);
  out.once('close', gone);
}
