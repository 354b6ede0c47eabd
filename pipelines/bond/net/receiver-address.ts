/** The receiver's address: one for all links, looked up by each link through its own network. */
import { promises as dns } from 'node:dns';
import { isIP } from 'node:net';
import { withTimeout } from '../../../hal/os/async.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { errnoOf } from '../../../hal/os/errors.ts';
import type { Standing } from '../core/link-table.ts';

/** No link registered for this long: the next address is tried. */
const TRY_MS = 8000;
const LOOKUP_MS = 3000;
const QUERY_MS = 1000;
const QUERY_TRIES = 2;

/**
 * Looks up a name from a local address, by default its addresses of the same family; an address
 * stays as it is. Rejects with a code.
 */
export type Lookup = (
  name: string,
  sourceAddress: string,
  family?: 4 | 6,
) => Promise<readonly string[]>;

interface Known {
  addresses: readonly string[];
  current: string;
}

/**
 * A name may have several addresses, and each look-up may give them in another order:
 * links that went to different receivers would never be one group. The address stays
 * while any link is registered, also where the name has another by then.
 */
export class ReceiverAddress {
  readonly #name: string;
  readonly #lookup: Lookup;
  /** By address family: links of IPv4 and of IPv6 reach the same receiver. */
  readonly #known = new Map<number, Known>();
  #triedSinceMs: number | undefined;
  /** By family, since when its links are answered by another receiver. */
  readonly #strangeSinceMs = new Map<number, number>();
  #isV6Only = false;

  constructor(name: string, lookup: Lookup = lookupThroughLink) {
    this.#name = name;
    this.#lookup = lookup;
  }

  /** The name has addresses of IPv6 only, as far as links of IPv4 can see. */
  get isV6Only(): boolean {
    return this.#isV6Only;
  }

  /** The address for a link of this source address. Rejects when none was ever found. */
  async resolve(sourceAddress: string): Promise<string> {
    const family = isIP(sourceAddress);
    // An address is one receiver; each network of IPv6 only reaches an IPv4 one by its own prefix.
    if (isIP(this.#name) !== 0) return (await this.#lookup(this.#name, sourceAddress))[0] ?? '';
    try {
      const addresses = await this.#lookup(this.#name, sourceAddress);
      const current = this.#known.get(family)?.current ?? addresses[0];
      if (current === undefined) throw codeError('ENOTFOUND', this.#name);
      this.#known.set(family, { addresses, current });
      if (family === 4) this.#isV6Only = false;
      return current;
    } catch (error) {
      const known = this.#known.get(family);
      if (known === undefined) {
        if (family === 4 && hasNone(error)) await this.#lookForV6(sourceAddress);
        throw error;
      }
      return known.current;
    }
  }

  async #lookForV6(sourceAddress: string): Promise<void> {
    const found = await this.#lookup(this.#name, sourceAddress, 6).catch(() => []);
    this.#isV6Only = found.length > 0;
  }

  /** @returns true when all links must be opened again, at the next address. */
  check(isAnyRegistered: boolean, nowMs: number): boolean {
    if (isAnyRegistered || this.#triedSinceMs === undefined) {
      this.#triedSinceMs = nowMs;
      return false;
    }
    if (nowMs - this.#triedSinceMs < TRY_MS) return false;
    this.#triedSinceMs = nowMs;
    // It is asked again for addresses of IPv4: those of IPv6 lead nowhere.
    let isChanged = this.#isV6Only;
    this.#isV6Only = false;
    for (const known of this.#known.values()) if (advance(known)) isChanged = true;
    return isChanged;
  }

  /**
   * The addresses of the two families may be those of different receivers: the bond is registered
   * with one, and links of the other family are answered that their group is unknown.
   *
   * @returns slots of the links that must be opened again, at their family's next address.
   */
  checkFamilies(links: readonly Standing[], nowMs: number): readonly number[] {
    const isServed = links.some(({ isIn }) => isIn);
    return [...this.#known].flatMap(([family, known]) => {
      const own = links.filter(({ sourceAddress }) => isIP(sourceAddress) === family);
      const isStrange =
        isServed && own.every(({ isIn }) => !isIn) && own.some(({ isUnknown }) => isUnknown);
      const sinceMs = this.#strangeSinceMs.get(family) ?? nowMs;
      if (isStrange && nowMs - sinceMs < TRY_MS) {
        this.#strangeSinceMs.set(family, sinceMs);
        return [];
      }
      this.#strangeSinceMs.delete(family);
      return isStrange && advance(known) ? own.map(({ slot }) => slot) : [];
    });
  }
}

/** @returns true where there is another one. */
function advance(known: Known): boolean {
  const { addresses, current } = known;
  known.current = addresses[(addresses.indexOf(current) + 1) % addresses.length] ?? current;
  return known.current !== current;
}

/** The name has no address of this kind; a server that did not answer is no reason to leave it. */
function hasNone(error: unknown): boolean {
  return error instanceof Error && /^E(?:NOTFOUND|NODATA)$/.test(errnoOf(error) ?? '');
}

/**
 * Asks the DNS servers through the link, as another link may be dead; then the system,
 * which also knows /etc/hosts and mDNS.
 */
export const lookupThroughLink: Lookup = async (name, sourceAddress, wanted) => {
  const family = wanted ?? (isIP(sourceAddress) === 6 ? 6 : 4);
  if (isIP(name) === 4 && family === 6) return translated(name, sourceAddress);
  if (isIP(name) !== 0) return [name];
  try {
    const found = await queryFrom(sourceAddress, family, name);
    if (found.length > 0) return found;
  } catch {
    // The system's look-up names the fault.
  }
  const found = await withTimeout(() => dns.lookup(name, { family, all: true }), {
    ...{ clock: systemClock, timeoutMs: LOOKUP_MS },
    timeoutError: () => codeError('EAI_AGAIN', name),
  });
  return found.map(({ address }) => address);
};

function queryFrom(source: string, family: 4 | 6, name: string): Promise<readonly string[]> {
  const resolver = new dns.Resolver({ timeout: QUERY_MS, tries: QUERY_TRIES });
  if (isIP(source) === 6) resolver.setLocalAddress('0.0.0.0', source);
  else resolver.setLocalAddress(source);
  return family === 6 ? resolver.resolve6(name) : resolver.resolve4(name);
}

/** Its answer is an IPv6 address that ends in 192.0.0.170 (RFC 7050 §3, §8.3). */
const IPV4_ONLY_NAME = 'ipv4only.arpa';
const WELL_KNOWN = /^(.*:)c000:aa$/;

/**
 * An IPv4 address through a network of IPv6 only: behind the prefix of its NAT64, which
 * its DNS server gives (RFC 7050; prefixes of 96 bits, as carriers use them).
 */
async function translated(name: string, source: string): Promise<readonly string[]> {
  const answers = await queryFrom(source, 6, IPV4_ONLY_NAME).catch(() => []);
  const found = answers.map(prefixOf).find((prefix) => prefix !== undefined);
  if (found === undefined) throw codeError('ENETUNREACH', name);
  return [`${found}${name}`];
}

/** The text of an IPv6 address up to its last 32 bits, where those are the well-known ones. */
export function prefixOf(answer: string): string | undefined {
  // URL writes the shortest form (RFC 5952).
  return WELL_KNOWN.exec(new URL(`http://[${answer}]`).hostname.slice(1, -1))?.[1];
}

function codeError(code: string, name: string): Error {
  return Object.assign(new Error(`${code} ${name}`), { code });
}
