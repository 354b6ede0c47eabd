/** The protocol from the media process to recorders and clips, over a Unix socket. */
import * as v from 'valibot';
import { parseAs } from '../../hal/os/files/json.ts';
import { FRAGMENT_MAX_BYTES } from '../mp4/fragment.ts';
import type { RecordedPart } from './part.ts';

/**
 * Each message:
 *
 * ```
 * u32 bytes of JSON | u32 bytes of body | JSON | body
 * ```
 */
export type WireMessage =
  | {
      readonly type: 'on';
      /** False where parts since the start of the recording are missing. */
      readonly isFromStart: boolean;
      /** Unix time of media time 0, in ms. */
      readonly epochMs: number;
      /** The drop that is recorded, where there is one. */
      readonly dropId?: string;
    }
  | {
      readonly type: 'init';
      readonly trackId: string;
      readonly initId: string;
      readonly bytes: Buffer;
    }
  | {
      readonly type: 'part';
      readonly part: RecordedPart;
      /** CLOCK_MONOTONIC at its publication, in ms. */
      readonly publishedMs: number;
    }
  /** Media that was dropped because the reader was too slow. */
  | { readonly type: 'lost'; readonly lostMs: number }
  | { readonly type: 'off' };

const JSON_MAX_BYTES = 4_096;

const integer = v.pipe(v.number(), v.safeInteger());
const headSchema = v.variant('type', [
  v.object({
    type: v.literal('on'),
    isFromStart: v.boolean(),
    epochMs: v.number(),
    dropId: v.exactOptional(v.string()),
  }),
  v.object({ type: v.literal('init'), trackId: v.string(), initId: v.string() }),
  v.object({
    type: v.literal('part'),
    publishedMs: v.number(),
    isLost: v.boolean(),
    part: v.object({
      trackId: v.string(),
      kind: v.picklist(['video', 'audio']),
      msn: integer,
      isSegmentStart: v.boolean(),
      isDiscontinuity: v.boolean(),
      startUs: integer,
      durationUs: integer,
      initId: v.string(),
    }),
  }),
  v.object({ type: v.literal('lost'), lostMs: v.number() }),
  v.object({ type: v.literal('off') }),
]);

/** The chunks to write, in order; a body is not copied. */
export function renderMessage(message: WireMessage): readonly Buffer[] {
  const [head, body] = split(message);
  const json = Buffer.from(JSON.stringify(head));
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32BE(json.length, 0);
  sizes.writeUInt32BE(body?.length ?? 0, 4);
  const start = Buffer.concat([sizes, json]);
  return body === undefined ? [start] : [start, body];
}

function split(message: WireMessage): readonly [object, Buffer | undefined] {
  if (message.type === 'init') {
    const { bytes, ...head } = message;
    return [head, bytes];
  }
  if (message.type !== 'part') return [message, undefined];
  const { bytes, ...part } = message.part;
  return [{ ...message, part, isLost: bytes === undefined }, bytes];
}

/** Parses the stream. Holds one message at most. */
export class WireReader {
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** The messages that are complete now, or `malformed` where the stream is of another protocol. */
  push(chunk: Buffer): readonly WireMessage[] | 'malformed' {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const messages: WireMessage[] = [];
    for (;;) {
      if (this.#bytes < 8) return messages;
      const sizes = this.#peek(8);
      const [jsonBytes, bodyBytes] = [sizes.readUInt32BE(0), sizes.readUInt32BE(4)];
      if (jsonBytes > JSON_MAX_BYTES || bodyBytes > FRAGMENT_MAX_BYTES) return 'malformed';
      const messageBytes = 8 + jsonBytes + bodyBytes;
      if (this.#bytes < messageBytes) return messages;
      const bytes = this.#peek(messageBytes);
      this.#drop(messageBytes);
      const message = parseMessage(
        bytes.toString('utf8', 8, 8 + jsonBytes),
        bytes.subarray(8 + jsonBytes),
      );
      if (message === undefined) return 'malformed';
      messages.push(message);
    }
  }

  /** The first `bytes`, joined only where they lie in several chunks. */
  #peek(bytes: number): Buffer {
    const [first] = this.#chunks;
    if (first !== undefined && first.length >= bytes) return first.subarray(0, bytes);
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined.subarray(0, bytes);
  }

  #drop(bytes: number): void {
    const [first, ...rest] = this.#chunks;
    if (first === undefined) return;
    this.#chunks = first.length === bytes ? rest : [first.subarray(bytes), ...rest];
    this.#bytes -= bytes;
  }
}

function parseMessage(json: string, body: Buffer): WireMessage | undefined {
  const head = parseAs(headSchema, json);
  if (head === undefined) return undefined;
  if (head.type === 'init') return { ...head, bytes: body };
  if (head.type !== 'part') return head;
  const { type, publishedMs, part, isLost } = head;
  return { type, publishedMs, part: { ...part, bytes: isLost ? undefined : body } };
}
