/** Detects an upstream that is this edge itself, also through others (`CDN-Loop`, RFC 8586). */
import { randomBytes } from 'node:crypto';
import type { HeaderLookup } from '../http/negotiate.ts';

/** Each edge adds its id to the header of its requests upstream. */
export interface CdnLoop {
  /** The header's value for a request upstream. */
  readonly append: (header: HeaderLookup) => string;
  /** True for a request that this edge has sent upstream. */
  readonly includesSelf: (header: HeaderLookup) => boolean;
}

export const LOOP_DETECTED = 508;
const VALUE_MAX_CHARS = 1_000;

export function openCdnLoop(id = `venuebox-${randomBytes(6).toString('hex')}`): CdnLoop {
  const before = (header: HeaderLookup) => header('cdn-loop')?.slice(0, VALUE_MAX_CHARS);
  return {
    append: (header) => [before(header) ?? [], id].flat().join(', '),
    includesSelf: (header) => before(header)?.includes(id) === true,
  };
}
