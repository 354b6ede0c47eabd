/** ETags of media: each part is hashed once, for all viewers and caches. */
import { digestOf } from '../http/cache/digest.ts';

const ETAGS = new WeakMap<Buffer, string>();

/** Of a part or an init section, or of a segment, which is its parts. */
export function mediaEtag(chunks: readonly Buffer[]): string {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) return etagOf(first);
  return digestOf(chunks.map((chunk) => Buffer.from(etagOf(chunk)))).etag;
}

function etagOf(chunk: Buffer): string {
  const known = ETAGS.get(chunk);
  if (known !== undefined) return known;
  const { etag } = digestOf([chunk]);
  ETAGS.set(chunk, etag);
  return etag;
}
