/** Signed addresses of posters and previews. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * A signed address is valid until it expires. The token precedes the path, and is removed
 * before a handler sees the path, so it is part of no cache key:
 *
 * ```
 * /t/<expiry, s since 1970, base 36>.<HMAC-SHA-256, 144 bits>/poster/live-640
 * ```
 */
const TOKEN = /^\/t\/([0-9a-z]{1,10})\.([\w-]{24})(\/.*)$/s;
/** A multiple of three: its base64 has no spare bits that could be changed. */
const MAC_BYTES = 18;
const PATH_MAX_CHARS = 512;

export type TokenAnswer =
  | { readonly type: 'good'; readonly path: string; readonly expiresS: number }
  | { readonly type: 'expired' | 'forged' }
  /** The path carries no token. */
  | { readonly type: 'none' };

/**
 * @param path Begins with a slash.
 * @param expiresS Unix time.
 */
export function signPath(path: string, expiresS: number, key: Buffer): string {
  const expiry = Math.floor(expiresS).toString(36);
  return `/t/${expiry}.${macOf(path, expiry, key).toString('base64url')}${path}`;
}

/** @param nowS Unix time. */
export function checkPath(signed: string, nowS: number, key: Buffer): TokenAnswer {
  if (!signed.startsWith('/t/')) return { type: 'none' };
  const [, expiry, mac, path] = TOKEN.exec(signed.slice(0, PATH_MAX_CHARS + 1)) ?? [];
  if (expiry === undefined || mac === undefined || path === undefined) return { type: 'forged' };
  if (signed.length > PATH_MAX_CHARS) return { type: 'forged' };
  const given = Buffer.from(mac, 'base64url');
  if (!timingSafeEqual(given, macOf(path, expiry, key))) return { type: 'forged' };
  const expiresS = Number.parseInt(expiry, 36);
  return nowS < expiresS ? { type: 'good', path, expiresS } : { type: 'expired' };
}

function macOf(path: string, expiry: string, key: Buffer): Buffer {
  // Neither part contains a line break, so the two cannot be split in another way.
  const text = `${expiry}\n${path}`;
  return createHmac('sha256', key).update(text).digest().subarray(0, MAC_BYTES);
}
