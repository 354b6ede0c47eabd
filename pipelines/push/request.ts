/** Requests for pushed streams, and the replies that carry them. */
import type { HttpRequest } from '../http/handlers.ts';
import { type Reply, refuse, SHARED_HEADERS } from '../http/reply.ts';
import type { Channel } from './channel.ts';

export const CHUNKS = ['part', 'frame'] as const;
export const NOT_YET = refuse(503, 'the stream has not started yet', 0, ['Retry-After', '1']);
const PATH = /^\/live\/push\/([a-z0-9-]{1,32})$/;

export interface PushRequest {
  readonly rendition: string;
  /** What each record has. */
  readonly chunk: (typeof CHUNKS)[number];
  /** It begins with the next key frame: the client has a picture until then. */
  readonly isFromNext: boolean;
}

/** Undefined for another path; the refusal where the query is invalid. */
export function readPushRequest({ path, query }: HttpRequest): PushRequest | Reply | undefined {
  const [, rendition] = PATH.exec(path) ?? [];
  if (rendition === undefined) return undefined;
  const wanted = query.get('chunk') ?? 'part';
  const chunk = CHUNKS.find((known) => known === wanted);
  if (chunk === undefined) return refuse(400, 'chunk is part, the default, or frame');
  const start = query.get('start') ?? 'newest';
  if (start !== 'newest' && start !== 'next') {
    return refuse(400, 'start is newest, the default, or next: a key frame');
  }
  return { rendition, chunk, isFromNext: start === 'next' };
}

/** No cache may store it, or wait for its end. */
const HEADERS = [
  'Content-Type',
  'application/octet-stream',
  'Cache-Control',
  'no-store, no-transform',
  'X-Accel-Buffering',
  'no',
  ...SHARED_HEADERS,
] as const;

/** The highest urgency of media (RFC 9218): it is in time, or of no use. */
const URGENCY = 2;

export function streamReply(channel: Channel, isFromNext: boolean, nowMs: () => number): Reply {
  return {
    status: 200,
    headers: HEADERS,
    body: [],
    urgency: URGENCY,
    stream: (output) => channel.join(output, isFromNext, nowMs()),
  };
}
