/** The addresses under which this machine is reached. */
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { leadsElsewhere } from '../../hal/network/interface-kind.ts';

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
  /** An address of this machine that guests use. */
  readonly reachedAt?: string | undefined;
  /** The interface of the guests' own network, where the box makes one: it reaches the player alone. */
  readonly guests?: string;
}

/** An address of a certain worth to people in the room. */
interface Found extends NetworkAddress {
  readonly worth: Worth;
}

/** Best first: people are on it, it is made for guests, it is in the room, it leads elsewhere, it is closed to them. */
const WORTH = ['used', 'guests', 'room', 'elsewhere', 'closed'] as const;
type Worth = (typeof WORTH)[number];

/** Containers, virtual machines, VPNs and modems: a phone in the room is behind none of them. */
const NOT_THE_ROOM =
  /^(?:docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxd|cni|podman|tun|tap|wg|tailscale|zt|wwan|ppp|rmnet)/;

/** Phones may be behind it, by its name and by what the kernel says of it. */
export function isInRoom(name: string): boolean {
  return !NOT_THE_ROOM.test(name) && !leadsElsewhere(name);
}

/**
 * Addresses to open, from what the machine's interfaces are called on the
 * network. A server on one address only is at that address.
 */
export function findAddresses(
  interfaces: Readonly<Record<string, readonly NetworkAddress[] | undefined>>,
  viewers: Listening,
  operator: Listening,
  { machine = hostname(), upstream = [], reachedAt, guests = '' }: AddressHints = {},
): Addresses {
  const ofRoom = (name: string): Worth =>
    !upstream.includes(name) && isInRoom(name) ? 'room' : 'elsewhere';
  const ofGuests = (name: string, own: readonly NetworkAddress[]): Worth => {
    if (own.some(({ address }) => address === reachedAt)) return 'used';
    return name === guests ? 'guests' : ofRoom(name);
  };
  const ofCrew = (name: string): Worth => (name === guests ? 'closed' : ofRoom(name));
  const url = ({ host, port, address = '' }: Listening, worthOf: typeof ofGuests) => {
    if (address !== '') return givenAddress({ host, port, address });
    const outer = Object.entries(interfaces).flatMap(([name, own = []]) =>
      own.filter(({ internal }) => !internal).map((one) => ({ ...one, worth: worthOf(name, own) })),
    );
    return urlOf(isAny(host) ? hostOnNetwork(outer, host === '::', machine) : host, port);
  };
  return { player: url(viewers, ofGuests), operator: url({ ...operator, address: '' }, ofCrew) };
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
 * What a phone opens on the best network that there is, whatever others have: the IPv4 address of
 * a modem is of no use where the room has IPv6 only. Of a network it is an IPv4 address, which is
 * the shortest, or a global or unique local one of IPv6. Link-local addresses of IPv6 need the
 * name of the phone's own interface, which no link can carry: there it is the name that the
 * machine has by mDNS.
 */
function hostOnNetwork(outer: readonly Found[], hasIpv6: boolean, machine: string): string {
  const isGiven = ({ address }: NetworkAddress) => !/^(?:169\.254\.|fe[89ab])/i.test(address);
  const [name = ''] = machine.split('.');
  for (const worth of WORTH) {
    const of = (wanted: string) =>
      outer.filter((one) => one.family === wanted && one.worth === worth);
    const [v4, v6] = [of('IPv4'), hasIpv6 ? of('IPv6') : []];
    const found = v4.find(isGiven) ?? v6.find(isGiven) ?? v4[0];
    if (found !== undefined) return found.address;
    if (v6.length > 0 && name !== '' && name !== 'localhost') return `${name}.local`;
  }
  return 'localhost';
}
