/** Names under which a store keeps files. Pure. */

/** `box/recording/file`: no dot files, no way up, nothing that a file system reads otherwise. */
const SEGMENT = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/;
const DEPTH = 3;

export interface StoredName {
  readonly box: string;
  readonly recording: string;
  readonly file: string;
}

/** @param path Of the request, without what comes before the store. Undefined for any other. */
export function parseName(path: string): StoredName | undefined {
  const segments = path.startsWith('/') ? path.slice(1).split('/') : [];
  const [box = '', recording = '', file = ''] = segments;
  const isGood = segments.length === DEPTH && segments.every((one) => SEGMENT.test(one));
  return isGood ? { box, recording, file } : undefined;
}

/** `Content-Digest` (RFC 9530 §2), as `sha-256=:…:`; undefined where it has no SHA-256. */
export function parseDigest(header: string | undefined): Buffer | undefined {
  const [, base64] = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(header ?? '') ?? [];
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
}

export function renderDigest(sha256: Buffer): string {
  return `sha-256=:${sha256.toString('base64')}:`;
}
