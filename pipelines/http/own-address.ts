/** The address of this box that links and QR codes show. */
import type { X509Certificate } from 'node:crypto';
import { hostname } from 'node:os';
import { plainAddress } from '../../hal/os/tcp/plain-address.ts';

/** Where the request came in. */
export interface LocalEnd {
  readonly address: string;
  readonly port: number;
  readonly isTls: boolean;
}

/** What a trusted proxy reports. */
export interface Forwarded {
  readonly proto: string | undefined;
  readonly host: string | undefined;
  readonly prefix: string | undefined;
}

/** The names by which this box is known; any other could have been made up by the client. */
export interface OwnNames {
  readonly names: ReadonlySet<string>;
  readonly certificate?: X509Certificate | undefined;
}

/** A host and perhaps a port. The length is limited for the QR code that a page shows. */
const AUTHORITY = /^[\w.:[\]-]{1,255}$/;
const PREFIX = /^(?:\/[\w.~-]{1,64}){1,8}$/;

/** @param more From the config. */
export function openOwnNames(more: readonly string[], certificate?: X509Certificate): OwnNames {
  const own = hostname().toLowerCase();
  const names = [own, `${own}.local`, ...more.map((name) => name.toLowerCase())];
  return { names: new Set(names), certificate };
}

/**
 * `https://host:port`, and a path without a final slash where a trusted proxy serves the box
 * below one. The `Host` of the client counts where it is a name of this box, and otherwise
 * the address at which it reached the box.
 */
export function ownAddress(authority: string, at: LocalEnd, names: OwnNames): string {
  const scheme = at.isTls ? 'https' : 'http';
  const name = hostOf(authority);
  const address = plainAddress(at.address);
  const host = isOwn(name, address, names) ? name : address;
  const port = at.port === (at.isTls ? 443 : 80) ? '' : `:${at.port}`;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}${port}`;
}

/** The same for a request through a trusted proxy, as far as its headers are valid. */
export function forwardedAddress({ proto, host, prefix }: Forwarded, own: string): string {
  const scheme = proto === 'https' || proto === 'http' ? proto : undefined;
  const origin = new URL(own);
  const authority = host !== undefined && AUTHORITY.test(host) ? host : origin.host;
  return `${scheme ?? origin.protocol.slice(0, -1)}://${authority}${prefixOf(prefix)}`;
}

/** `/venue` for `/venue/`; empty where it is no plain path. */
function prefixOf(prefix = ''): string {
  const plain = prefix.replace(/\/+$/, '');
  return PREFIX.test(plain) ? plain : '';
}

function hostOf(authority: string): string {
  if (!AUTHORITY.test(authority)) return '';
  const [, bracketed] = /^\[([^\]]+)\](?::\d+)?$/.exec(authority) ?? [];
  return (bracketed ?? authority.replace(/:\d+$/, '')).toLowerCase();
}

function isOwn(name: string, address: string, { names, certificate }: OwnNames): boolean {
  if (name === '') return false;
  if (name === address || names.has(name)) return true;
  if (name === 'localhost') return address.startsWith('127.') || address === '::1';
  return certificate?.checkHost(name) !== undefined;
}
