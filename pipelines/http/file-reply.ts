/** Replies that send a file, or a range of it. */
import { type Freshness, renderCacheControl } from './cache/cache-control.ts';
import { renderCacheStatus } from './cache/cache-status.ts';
import { isNotModified } from './cache/digest.ts';
import type { HeaderLookup } from './negotiate.ts';
import { parseRange } from './range.ts';
import { type Reply, refuse, SHARED_HEADERS } from './reply.ts';

export interface ServedFile {
  readonly path: string;
  /** How much may be sent; a file that is being written may have more. */
  readonly bytes: number;
  readonly type: string;
  readonly freshness: Freshness;
  /** Where the name is not derived from the content. */
  readonly etag?: string;
  /** Its final length is not known, and is left out of `Content-Range`. */
  readonly isGrowing?: boolean;
}

/** 200, 206 for a range, 304, or 416; the server sends the bytes. */
export function fileReply(header: HeaderLookup, file: ServedFile): Reply {
  const { path, bytes, etag } = file;
  const shared = [
    'Cache-Control',
    renderCacheControl(file.freshness),
    'Cache-Status',
    renderCacheStatus({ type: 'hit' }),
    ...SHARED_HEADERS,
    ...(etag === undefined ? [] : ['ETag', etag]),
  ];
  if (etag !== undefined && isNotModified(header('if-none-match'), etag)) {
    return { status: 304, headers: shared, body: [] };
  }
  const range = parseRange(header('range'), bytes);
  if (range.type === 'unsatisfiable') {
    return refuse(416, 'the range is beyond the end of the file', 0, [
      'Content-Range',
      `bytes */${bytes}`,
    ]);
  }
  const isPart = range.type === 'part';
  const [from, to] = isPart ? [range.from, range.to] : [0, bytes - 1];
  const total = file.isGrowing ? '*' : String(bytes);
  const headers = [
    'Content-Type',
    file.type,
    'Content-Length',
    String(to - from + 1),
    'Accept-Ranges',
    'bytes',
    ...(isPart ? ['Content-Range', `bytes ${from}-${to}/${total}`] : []),
    ...shared,
  ];
  return { status: isPart ? 206 : 200, headers, body: [], file: { path, from, to } };
}
