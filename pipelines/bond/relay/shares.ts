/** Whose groups a relay holds, and which one ends in favour of a newcomer. Pure. */

/** Limit of groups that have a link; registrations beyond are refused. */
export const MAX_GROUPS = 200;
/** Of them, those of one network (/24, /64): many senders may share a carrier's address. */
const MAX_PER_NETWORK = 50;
/** And of these, those that bring nothing. */
const MAX_IDLE_PER_NETWORK = 16;

/** An SRT connection ends after 5 s of silence; a sender may be without links for 30. */
const WORKS_FOR_MS = 30_000;
/** So long a new group may take: handshake, first data, and the listener's ACK. */
const GRACE_MS = 3000;

interface Held {
  readonly createdMs: number;
  /** Network and address of its REG1. */
  readonly network: string;
  readonly address: string;
  /** When the SRT listener last acknowledged its data: no flood and no handshake has that. */
  readonly ackedMs: number;
}

/**
 * The group that ends so that a newcomer of `network` has its slot. Undefined: it has one without
 * that. `none`: it is refused. Groups that work always stay.
 *
 * @param held Oldest first.
 */
export function makeRoom<T extends Held>(
  held: readonly T[],
  network: string,
  nowMs: number,
): T | undefined | 'none' {
  const isIdle = ({ ackedMs }: Held) => nowMs - ackedMs > WORKS_FOR_MS;
  const idle = held.filter(isIdle);
  const own = held.filter((one) => one.network === network);
  const ownIdle = own.filter(isIdle);
  const isOwnFull = own.length >= MAX_PER_NETWORK || ownIdle.length >= MAX_IDLE_PER_NETWORK;
  if (!isOwnFull && held.length < MAX_GROUPS) return undefined;
  return ofGreediest(isOwnFull ? ownIdle : idle, nowMs) ?? 'none';
}

/** The oldest one of the network, and in it of the address, that holds most of these. */
function ofGreediest<T extends Held>(idle: readonly T[], nowMs: number): T | undefined {
  const networks = countBy(idle, ({ network }) => network);
  const addresses = countBy(idle, ({ address }) => address);
  const worth = ({ network, address }: Held) =>
    (networks.get(network) ?? 0) * MAX_GROUPS + (addresses.get(address) ?? 0);
  let found: T | undefined;
  for (const one of idle) {
    if (nowMs - one.createdMs < GRACE_MS) continue;
    if (found === undefined || worth(one) > worth(found)) found = one;
  }
  return found;
}

function countBy<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const one of all) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  return counts;
}

/** The /24 of an IPv4 address, the /64 of an IPv6 one. */
export function networkOf(address: string): string {
  const end = address.includes(':') ? ipv6NetworkEnd(address) : address.lastIndexOf('.');
  return address.slice(0, Math.max(0, end));
}

/** Up to the fourth colon, or to the gap before it. */
function ipv6NetworkEnd(address: string): number {
  const gap = address.indexOf('::');
  const fourth = address.split(':', 4).join(':').length;
  return gap >= 0 && gap < fourth ? gap : fourth;
}
