/** ETags and digests of content, and conditional requests. */
import { createHash } from 'node:crypto';

const ETAG_CHARS = 11;
const HEADER_MAX_CHARS = 4_096;

export interface Digest {
  /** Strong: a quoted string of 11 characters, 66 bits of the SHA-256. */
  readonly etag: string;
  /** For `Repr-Digest` (RFC 9530). */
  readonly reprDigest: string;
}

export function digestOf(chunks: readonly Buffer[]): Digest {
  const content = createHash('sha256');
  for (const chunk of chunks) content.update(chunk);
  return digestFrom(content.digest());
}

/** The digest of content whose SHA-256 is known. */
export function digestFrom(sha256: Buffer): Digest {
  return {
    etag: `"${sha256.toString('base64url').slice(0, ETAG_CHARS)}"`,
    reprDigest: `sha-256=:${sha256.toString('base64')}:`,
  };
}

/** True when `Want-Repr-Digest` asks for SHA-256, and not with a preference of 0 (RFC 9530 §4). */
export function wantsSha256(wantReprDigest: string | undefined): boolean {
  const members = (wantReprDigest ?? '').slice(0, HEADER_MAX_CHARS).split(',');
  for (const member of members) {
    const found = /^\s*sha-256\s*=\s*(\d{1,2})\s*(?:;.*)?$/.exec(member);
    if (found !== null) return Number(found[1]) > 0;
  }
  return false;
}

/** True where the client's copy is current: the reply is 304 (RFC 9110 §13.1.2). */
export function isNotModified(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const list = ifNoneMatch.slice(0, HEADER_MAX_CHARS);
  if (list.trim() === '*') return true;
  // The comparison is weak: W/ makes no difference.
  const etags: readonly string[] = list.match(/"[\x21\x23-\x7e\x80-\xff]*"/g) ?? [];
  return etags.includes(etag);
}
