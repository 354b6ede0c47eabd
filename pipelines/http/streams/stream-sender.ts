/** Writes streams to clients. */
import type { ServerResponse } from 'node:http';
import type { Connection } from '../clients/connection.ts';
import { onceClosed } from './once-closed.ts';
import type { StartStream } from './stream.ts';
import type { StreamClient, StreamSlots } from './stream-slots.ts';

export class StreamSender {
  readonly #slots: StreamSlots;
  readonly #onSent: (bytes: number) => void;
  readonly #nowMs: () => number;

  constructor(slots: StreamSlots, onSent: (bytes: number) => void, nowMs: () => number) {
    this.#slots = slots;
    this.#onSent = onSent;
    this.#nowMs = nowMs;
  }

  /**
   * To be called before the headers are written.
   *
   * @returns how to send the stream as the body of `out`; `too many` where it gets no slot.
   */
  open(
    out: ServerResponse,
    start: StartStream,
    client: StreamClient & { readonly connection: Connection },
  ): (() => void) | 'too many' {
    if (out.req.method === 'HEAD') return () => out.end();
    const release = this.#slots.take(client);
    if (release === undefined) return 'too many';
    // In place of chunks, each with a header of its own: the connection ends with the stream.
    if (out.req.httpVersionMajor === 1) out.useChunkedEncodingByDefault = false;
    return () => this.#send(out, start, client.connection, release);
  }

  #send(
    out: ServerResponse,
    start: StartStream,
    connection: Connection,
    release: () => void,
  ): void {
    // Until there is something to write the client knows that there will be.
    out.flushHeaders();
    let isOver = false;
    const write = (bytes: Buffer) => {
      if (isOver) return;
      connection.activeMs = this.#nowMs();
      this.#onSent(bytes.length);
      out.write(bytes);
    };
    const source = start({
      get backlogBytes() {
        return out.writableLength;
      },
      write,
      end: (bytes) => {
        write(bytes);
        if (!isOver) out.end();
        isOver = true;
      },
    });
    out.on('drain', source.drained);
    onceClosed(out, () => {
      isOver = true;
      release();
      source.leave();
    });
  }
}
