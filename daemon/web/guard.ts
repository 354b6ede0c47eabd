import { isIP } from 'node:net';

/** Who may ask: pure checks of a request's headers, before anything of it is used. */

export type Header = (name: string) => string | undefined;

/** A page of another site cannot send this without asking first, and nobody answers it yes. */
export const OWN_HEADER = 'x-venuebox-operator';

/**
 * Whether the Host header names this box. A site that points a name of its own at
 * the box's address would else be of one origin with it ("DNS rebinding");
 * an address needs no check, as it cannot be pointed elsewhere.
 */
export function isOwnHost(host: string | undefined, names: ReadonlySet<string>): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/i.exec(host ?? '')?.[1];
  if (name === undefined) return false;
  const bare = name.replace(/^\[|\]$/g, '').toLowerCase();
  return isIP(bare) !== 0 || names.has(bare.replace(/\.$/, ''));
}

/** Names under which a box is reached: its own, the machine's, and what the config adds. */
export function ownNames(
  boxName: string,
  hostName: string,
  extra: readonly string[],
): ReadonlySet<string> {
  const own = [boxName, hostName.split('.')[0] ?? ''].map((name) => name.toLowerCase());
  return new Set([
    'localhost',
    hostName.toLowerCase(),
    ...own,
    ...own.map((name) => `${name}.local`),
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

/** Who a limit counts: an address, or the network an IPv6 host may pick its addresses from. */
export function peerOf(address = ''): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '');
  return isIP(plain) === 6 ? `${networkOf(plain)}::/64` : plain;
}

function networkOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...new Array<string>(Math.max(0, zeros)).fill('0'), ...after];
  return groups.slice(0, 4).join(':');
}
