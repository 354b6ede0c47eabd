/** The addresses under which this machine is reached. Pure. */
import { isIP } from 'node:net';
import { hostname } from 'node:os';

export interface Addresses {
  /** What a phone on this network opens. */
  readonly player: string;
  readonly operator: string;
}

export interface NetworkAddress {
  readonly address: string;
  readonly family: string;
  readonly internal: boolean;
}

/** Where a server listens. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  /** The address that people are given, where it is set; else empty. */
  readonly address?: string;
}

export interface AddressHints {
  /** The host name of the machine. */
  readonly machine?: string;
  /** Interfaces that lead upstream. */
  readonly upstream?: readonly string[];
  /** An address of this machine that people use. */
  readonly reachedAt?: string | undefined;
}

/** Containers, virtual machines, VPNs and modems: a phone in the room is behind none of them. */
export const NOT_THE_ROOM =
  /^(?:docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxd|cni|podman|tun|tap|wg|tailscale|zt|wwan|ppp|rmnet)/;

/**
 * Addresses to open, from what the machine's interfaces are called on the
 * network. A server on one address only is at that address.
 */
export function findAddresses(
  interfaces: Readonly<Record<string, readonly NetworkAddress[] | undefined>>,
  viewers: Listening,
  operator: Listening,
  { machine = hostname(), upstream = [], reachedAt }: AddressHints = {},
): Addresses {
  const outer = Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses.filter(({ internal }) => !internal).map((one) => ({ ...one, name })),
  );
  const isRoom = (name: string) => !upstream.includes(name) && !NOT_THE_ROOM.test(name);
  const rank = ({ address, name }: { address: string; name: string }) =>
    address === reachedAt ? 0 : isRoom(name) ? 1 : 2;
  const ranked = outer.toSorted((a, b) => rank(a) - rank(b));
  const url = ({ host, port, address = '' }: Listening) => {
    if (address !== '') return givenAddress({ host, port, address });
    return urlOf(isAny(host) ? hostOnNetwork(ranked, host === '::', machine) : host, port);
  };
  return { player: url(viewers), operator: url({ ...operator, address: '' }) };
}

/** What the config says that guests open; empty where it does not. */
export function givenAddress({ port, address = '' }: Listening): string {
  return address === '' ? '' : urlOf(address, port);
}

/** It listens on all addresses of the machine. */
export function isAny(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** @param address A host, or a complete address. */
function urlOf(address: string, port: number): string {
  if (address.includes('://')) return address.endsWith('/') ? address : `${address}/`;
  return `http://${isIP(address) === 6 ? `[${address}]` : address}:${port}/`;
}

/**
 * What a phone of this network opens: an IPv4 address, which is the shortest, or a global or
 * unique local one of IPv6. Link-local addresses of IPv6 need the name of the phone's own
 * interface, which no link can carry: there it is the name that the machine has by mDNS.
 */
function hostOnNetwork(
  outer: readonly NetworkAddress[],
  hasIpv6: boolean,
  machine: string,
): string {
  const of = (wanted: string) => outer.filter(({ family }) => family === wanted);
  const isGiven = ({ address }: NetworkAddress) => !/^(?:169\.254\.|fe[89ab])/i.test(address);
  const [v4, v6] = [of('IPv4'), hasIpv6 ? of('IPv6') : []];
  const found = v4.find(isGiven) ?? v6.find(isGiven) ?? v4[0];
  if (found !== undefined) return found.address;
  const [name = ''] = machine.split('.');
  return v6.length > 0 && name !== '' && name !== 'localhost' ? `${name}.local` : 'localhost';
}
