/** Checks a request's headers before anything else of it is used. Pure. */
import { isIP } from 'node:net';

export type Header = (name: string) => string | undefined;

/** A page of another site can send this header only after a CORS preflight, which is never granted. */
export const OWN_HEADER = 'x-venuebox-operator';

/**
 * Whether the Host header names this box. Otherwise a site whose name resolves to the
 * box's address would share its origin (DNS rebinding). An IP address needs no check.
 */
export function isOwnHost(host: string | undefined, names: ReadonlySet<string>): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/i.exec(host ?? '')?.[1];
  if (name === undefined) return false;
  const bare = name.replace(/^\[|\]$/g, '').toLowerCase();
  const plain = bare.replace(/\.$/, '');
  return isIP(bare) !== 0 || names.has(plain) || names.has(plain.replace(NUMBERED, '.local'));
}

/** What avahi makes of a name that another machine has; no name server answers for `.local` (RFC 6762). */
const NUMBERED = /-\d+\.local$/;

/** Host names of a box: its own, the machine's, and those of the config. */
export function ownNames(
  boxName: string,
  hostName: string,
  extra: readonly string[],
): ReadonlySet<string> {
  const own = [boxName, hostName.split('.')[0] ?? ''].map((name) => name.toLowerCase());
  // Of `corner-2`, avahi makes `corner-3`.
  const counted = own.map((name) => `${name}.local`.replace(NUMBERED, '.local'));
  return new Set([
    'localhost',
    hostName.toLowerCase(),
    ...own,
    ...own.map((name) => `${name}.local`),
    ...counted,
    ...extra,
  ]);
}

/** Whether a request that changes something comes from the box's own page. */
export function isOwnPage(header: Header): boolean {
  if (header(OWN_HEADER) !== '1') return false;
  const site = header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return false;
  const origin = header('origin');
  if (origin === undefined) return true;
  return /^https?:\/\/(.+)$/i.exec(origin)?.[1]?.toLowerCase() === header('host')?.toLowerCase();
}

/** The session id of a Cookie header. */
export function readCookie(cookies: string | undefined, name: string): string | undefined {
  for (const pair of (cookies ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}

/** A Set-Cookie header that scripts and other sites cannot use. */
export function ownCookie(name: string, value: string, maxAgeS: number, isTls: boolean): string {
  const secure = isTls ? '; Secure' : '';
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeS}${secure}`;
}
