/** Sends files from disk. */
import type { FileHandle } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { openRegular } from '../../hal/os/open-inside.ts';
import { addressKeyOf } from './address-key.ts';
import { STUCK_MS } from './connections.ts';
import type { Reply } from './reply.ts';
import { connectionOf } from './request.ts';
import { Semaphore } from './semaphore.ts';

/** A page plays one file and reads the index of another. */
const PER_CONNECTION_MAX = 4;
const PER_ADDRESS_MAX = 64;
const TOTAL_MAX = 256;

/** On any link that is fast enough for video, a chunk of 64 KiB takes less. */
const STUCK_FILE_MS = 2 * STUCK_MS;

export interface FileEvents {
  readonly onSent: (bytes: number) => void;
  /** A client that did not read was dropped. */
  readonly onStuck: () => void;
}

/** Limited in number: each file is an open descriptor and a chunk in memory while its client reads. */
export class FileSender {
  readonly #slots = new Semaphore();
  readonly #events: FileEvents;

  constructor(events: FileEvents) {
    this.#events = events;
  }

  /** @returns how to send the file as the body of `out`; `too many` where all slots are taken. */
  open(out: ServerResponse, file: NonNullable<Reply['file']>): (() => void) | 'too many' {
    const { req } = out;
    if (req.method === 'HEAD') return () => out.end();
    const release = this.#slots.take([
      ['all', TOTAL_MAX],
      [addressKeyOf(req.socket.remoteAddress), PER_ADDRESS_MAX],
      [connectionOf(req), PER_CONNECTION_MAX],
    ]);
    if (release === undefined) return 'too many';
    return () => this.#send(out, file, release);
  }

  /** Reads no faster than the client does; a read error ends the reply early. */
  #send(out: ServerResponse, file: NonNullable<Reply['file']>, release: () => void): void {
    const closed = new AbortController();
    onceClosed(out, () => {
      closed.abort();
      release();
    });
    // The disk that it is on may be a stranger's.
    openRegular(file.path).then(
      (handle) => this.#pipe(out, handle, file, closed.signal),
      () => out.destroy(),
    );
  }

  #pipe(
    out: ServerResponse,
    handle: FileHandle,
    { from, to }: NonNullable<Reply['file']>,
    closed: AbortSignal,
  ): void {
    const bytes = handle.createReadStream({ start: from, end: to });
    bytes.on('error', () => out.destroy());
    if (closed.aborted) {
      bytes.destroy();
      return;
    }
    bytes.on('data', (chunk) => this.#events.onSent(chunk.length));
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

/**
 * Runs when a reply has been sent or never will be. Node reports nothing for a reply that
 * waits behind others (pipelining) when the connection closes: the socket does.
 */
function onceClosed(out: ServerResponse, run: () => void): void {
  const socket = out.req.httpVersionMajor === 1 ? out.req.socket : undefined;
  const closed = () => {
    socket?.off('close', closed);
    out.off('close', closed);
    run();
  };
  socket?.once('close', closed);
  out.once('close', closed);
}
