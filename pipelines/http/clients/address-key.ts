/** What limits per client count by. */
import { networkInterfaces } from 'node:os';
import { systemClock } from '../../../hal/os/clock.ts';
import { LINK_LOCAL } from '../../../hal/os/network.ts';
import { plainAddress } from '../../../hal/os/tcp/plain-address.ts';

/** A network that the box has joined since is a stranger's for so long. */
const READ_AGAIN_MS = 5_000;
/** Groups of a /64. */
const PREFIX = 4;

/**
 * An IPv4 address, or the /64 network from which an IPv6 host may choose its addresses
 * (RFC 4291 §2.5.4). In a network that this machine is in too, and on the cable itself, that would
 * be the whole room: there it is the address.
 */
export function addressKeyOf(remoteAddress = '', isOwn = isOwnPrefix): string {
  const address = plainAddress(remoteAddress);
  if (!address.includes(':')) return address;
  const groups = groupsOf(address);
  const prefix = groups.slice(0, PREFIX).join(':');
  return LINK_LOCAL.test(address) || isOwn(prefix) ? groups.join(':') : prefix;
}

/**
 * True for the key of an address of IPv6: one host may have as many as it likes, and in each
 * network that this machine is in.
 */
export function isOneOfMany(key: string): boolean {
  return key.split(':').length > PREFIX;
}

let own: ReadonlySet<string> = new Set();
let readMs = Number.NEGATIVE_INFINITY;

function isOwnPrefix(prefix: string): boolean {
  const nowMs = systemClock.monotonicMs();
  if (nowMs - readMs >= READ_AGAIN_MS) {
    readMs = nowMs;
    own = prefixesOf(networkInterfaces());
  }
  return own.has(prefix);
}

/** The /64 networks that these interfaces are in. */
export function prefixesOf(interfaces: ReturnType<typeof networkInterfaces>): ReadonlySet<string> {
  const outer = Object.values(interfaces)
    .flatMap((all = []) => all)
    .filter(({ family, internal }) => family === 'IPv6' && !internal);
  return new Set(outer.map(({ address }) => groupsOf(address).slice(0, PREFIX).join(':')));
}

/** All eight, without leading zeros. */
function groupsOf(address: string): readonly string[] {
  const [head = [], tail] = address.split('::').map(splitGroups);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const groups = [...head, ...Array<string>(zeros).fill('0'), ...(tail ?? [])];
  return groups.map((group) => group.replace(/^0+(?=.)/, ''));
}

function splitGroups(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}
