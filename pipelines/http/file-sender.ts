/** Sends files from disk. */
import type { FileHandle } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { openRegular } from '../../hal/os/open-inside.ts';
import { type Connection, STUCK_MS } from './clients/connection.ts';
import { type FileSlot, FileSlots } from './file-slots.ts';
import type { Reply } from './reply.ts';
import { onceClosed } from './streams/once-closed.ts';

/** On any link that is fast enough for video, a chunk of 64 KiB takes less. */
const STUCK_FILE_MS = 2 * STUCK_MS;

export interface FileEvents {
  readonly onSent: (bytes: number) => void;
  /** A client that did not read was dropped. */
  readonly onStuck: () => void;
}

/** Limited in number: see {@link FileSlots}. */
export class FileSender {
  readonly #slots = new FileSlots();
  readonly #events: FileEvents;
  readonly #nowMs: () => number;

  constructor(events: FileEvents, nowMs: () => number) {
    this.#events = events;
    this.#nowMs = nowMs;
  }

  /** @returns how to send the file as the body of `out`; `too many` where all slots are taken. */
  open(
    out: ServerResponse,
    file: NonNullable<Reply['file']>,
    connection: Connection,
  ): (() => void) | 'too many' {
    if (out.req.method === 'HEAD') return () => out.end();
    const slot = this.#slots.take(connection, this.#nowMs(), () => out.destroy());
    if (slot === undefined) return 'too many';
    return () => this.#send(out, file, slot);
  }

  /** Reads no faster than the client does; a read error ends the reply early. */
  #send(out: ServerResponse, file: NonNullable<Reply['file']>, slot: FileSlot): void {
    const closed = new AbortController();
    onceClosed(out, () => {
      closed.abort();
      this.#slots.release(slot);
    });
    // The disk that it is on may be a stranger's.
    openRegular(file.path).then(
      (handle) => this.#pipe(out, handle, { ...file, slot }, closed.signal),
      () => out.destroy(),
    );
  }

  #pipe(
    out: ServerResponse,
    handle: FileHandle,
    { from, to, slot }: NonNullable<Reply['file']> & { readonly slot: FileSlot },
    closed: AbortSignal,
  ): void {
    const bytes = handle.createReadStream({ start: from, end: to });
    bytes.on('error', () => out.destroy());
    if (closed.aborted) {
      bytes.destroy();
      return;
    }
    bytes.on('data', (chunk) => {
      slot.addSent(chunk.length, this.#nowMs());
      this.#events.onSent(chunk.length);
    });
    const stuck = out.req.httpVersionMajor === 2 ? this.#watch(out, bytes) : undefined;
    closed.addEventListener('abort', () => {
      clearTimeout(stuck);
      bytes.destroy();
    });
    bytes.pipe(out);
  }

  /**
   * Over HTTP/1.1 the connection shows a client that does not read (see `Connections`).
   * Over HTTP/2 it does not, and any frame of the session, even the answer to a PING,
   * restarts Node's time-out of a stream: here it shows by the file that is not read on.
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
