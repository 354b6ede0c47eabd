/** Writes replies to clients, from memory or from disk. */
import type { ServerResponse } from 'node:http';
import { constants, type Http2ServerResponse } from 'node:http2';
import { type Connection, STUCK_MS } from './clients/connection.ts';
import { FileSender } from './file-sender.ts';
import type { HttpTotals } from './http-figures.ts';
import type { Response } from './listeners.ts';
import { type Reply, refuse } from './reply.ts';
import { StreamSender } from './streams/stream-sender.ts';
import type { StreamClient, StreamSlots } from './streams/stream-slots.ts';

export const TOO_MANY_REQUESTS = refuse(503, 'too many requests are pending', 0, [
  'Retry-After',
  '1',
]);

export const TOO_OFTEN = refuse(429, 'too many requests from this address', 0, [
  'Retry-After',
  '1',
]);

export class ReplyWriter {
  readonly #totals: HttpTotals;
  readonly #files: FileSender;
  readonly #streams: StreamSender;

  constructor(totals: HttpTotals, streams: StreamSlots, nowMs: () => number) {
    this.#totals = totals;
    const events = {
      onSent: (bytes: number) => {
        totals.sentBytesTotal += bytes;
      },
      onStuck: () => {
        totals.droppedSlowTotal += 1;
      },
    };
    this.#files = new FileSender(events, nowMs);
    this.#streams = new StreamSender(streams, events.onSent, nowMs);
  }

  /** @returns how many bytes of the body wait for the client: all of them, until `response` closes. */
  send(
    response: Response,
    reply: Reply,
    client: StreamClient & { connection: Connection },
  ): number {
    if (response.writableEnded || response.destroyed) return 0;
    // Both kinds of response take the same calls; their types do not overlap.
    const out = response as ServerResponse;
    const sendOwn =
      (reply.file && this.#files.open(out, reply.file, client.connection)) ??
      (reply.stream && this.#streams.open(out, reply.stream, client));
    const { status, headers, body, urgency } = sendOwn === 'too many' ? TOO_MANY_REQUESTS : reply;
    // HTTP/1.1 keeps connections alive by default: without the header each reply has 50 bytes less.
    const isKept = out.shouldKeepAlive && reply.stream === undefined;
    if (out.req.httpVersionMajor === 1 && isKept) out.removeHeader('Connection');
    const isHttp2 = out.req.httpVersionMajor === 2;
    const priority = isHttp2 && urgency !== undefined ? ['Priority', `u=${urgency}`] : [];
    out.writeHead(status, priority.length > 0 ? [...headers, ...priority] : (headers as string[]));
    this.#dropIfStuck(response as Http2ServerResponse);
    if (typeof sendOwn === 'function') {
      sendOwn();
      return 0;
    }
    for (const chunk of body.slice(0, -1)) out.write(chunk);
    const last = body.at(-1);
    if (last === undefined) out.end();
    else out.end(last);
    let bytes = 0;
    for (const chunk of body) bytes += chunk.length;
    this.#totals.sentBytesTotal += bytes;
    return bytes;
  }

  /** An HTTP/2 session hides the socket's backlog: a client that does not read shows in its stream. */
  #dropIfStuck({ stream }: Http2ServerResponse): void {
    stream?.setTimeout?.(STUCK_MS, () => {
      this.#totals.droppedSlowTotal += 1;
      stream.close(constants.NGHTTP2_CANCEL);
    });
  }
}
