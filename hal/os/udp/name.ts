/** Socket addresses as the kernel writes them (struct sockaddr_in, sockaddr_in6), and as text. */
import { isIPv6 } from 'node:net';
import { AF_INET, AF_INET6 } from './libc.ts';

/** struct sockaddr_in6. */
export const MAX_NAME_BYTES = 28;
const IPV4_NAME_BYTES = 16;

/** `::ffff:0:0/96`: an IPv4 address on a socket of both families (RFC 4291 §2.5.5.2). */
const MAPPED = Buffer.from('00000000000000000000ffff', 'hex');

export interface Address {
  /** IPv4 or IPv6, without a zone. */
  readonly host: string;
  readonly port: number;
}

export function familyOf(host: string): number {
  return isIPv6(host) ? AF_INET6 : AF_INET;
}

/**
 * @param family Of the socket: on one of both families an IPv4 address is a mapped one.
 * @throws Error with code EINVAL where `host` is no address, EAFNOSUPPORT for one of IPv6 on a
 *   socket of IPv4.
 */
export function renderName({ host, port }: Address, family: number): Buffer {
  const bytes = bytesOf(host);
  if (family === AF_INET && bytes.length !== 4) {
    throw Object.assign(new Error(`${host} is not reached by IPv4`), { code: 'EAFNOSUPPORT' });
  }
  const name = Buffer.alloc(family === AF_INET ? IPV4_NAME_BYTES : MAX_NAME_BYTES);
  name.writeUInt16LE(family, 0);
  name.writeUInt16BE(port, 2);
  if (family === AF_INET) bytes.copy(name, 4);
  else if (bytes.length === 16) bytes.copy(name, 8);
  else Buffer.concat([MAPPED, bytes]).copy(name, 8);
  return name;
}

export function parseName(name: Buffer): Address {
  const port = name.readUInt16BE(2);
  const isV4 = name.readUInt16LE(0) === AF_INET;
  return { host: renderHost(isV4 ? name.subarray(4, 8) : name.subarray(8, 24)), port };
}

/** 4 or 16 bytes as text; a mapped address as IPv4. */
export function renderHost(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.subarray(0, 12).equals(MAPPED)) return bytes.subarray(12, 16).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16));
  // URL writes the shortest form (RFC 5952).
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

/** Its 4 or 16 bytes. Throws EINVAL where `host` is no address. */
export function bytesOf(host: string): Buffer {
  const parts = host.split('.').map(Number);
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(host) && parts.every((part) => part < 256)) {
    return Buffer.from(parts);
  }
  if (!isIPv6(host) || host.includes('%')) {
    throw Object.assign(new Error(`EINVAL: ${host} is no address`), { code: 'EINVAL' });
  }
  // URL turns an IPv4 part into groups.
  const text = new URL(`http://[${host}]`).hostname.slice(1, -1);
  const [head = '', tail] = text.split('::');
  const groupsOf = (part: string) => (part === '' ? [] : part.split(':'));
  const [first, last] = [groupsOf(head), groupsOf(tail ?? '')];
  const gap = Array<string>(8 - first.length - last.length).fill('0');
  const groups = tail === undefined ? first : [...first, ...gap, ...last];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
