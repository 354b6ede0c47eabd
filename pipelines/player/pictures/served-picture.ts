/** Pictures that are named by their content, as guests fetch them. */
import type { Digest } from '../../http/cache/digest.ts';
import type { HeaderLookup } from '../../http/negotiate.ts';
import type { Reply } from '../../http/reply.ts';
import { respond } from '../../http/respond.ts';
import { SECURITY_HEADERS } from '../page-assets.ts';

export interface ServedPicture {
  /** Relative to the live page. */
  readonly path: string;
  readonly type: string;
  readonly bytes: Buffer;
  readonly digest: Digest;
}

/** By path. */
export function etagsOf(pictures: readonly ServedPicture[]): ReadonlyMap<string, string> {
  return new Map(pictures.map(({ path, digest }) => [`/${path}`, digest.etag]));
}

/** Undefined for another path. Caches may keep it for ever: its name is that of its content. */
export function answerPicture(
  pictures: readonly ServedPicture[],
  path: string,
  header: HeaderLookup,
): Reply | undefined {
  const found = pictures.find((picture) => `/${picture.path}` === path);
  if (found === undefined) return undefined;
  const { type, bytes, digest } = found;
  const reply = respond(header, { type, body: [bytes], digest, freshness: { kind: 'immutable' } });
  return { ...reply, headers: [...reply.headers, ...SECURITY_HEADERS] };
}
