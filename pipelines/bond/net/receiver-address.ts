/** The receiver's address: one for all links, looked up by each link through its own network. */
import { isIP, isIPv4, isIPv6 } from 'node:net';
import { errnoOf } from '../../../hal/os/errors.ts';
import { setNewest } from '../../../hal/os/limits/newest.ts';
import { MAX_LINKS } from '../core/config.ts';
import type { Standing } from '../core/link-table.ts';
import { codeError, type Lookup, type LookupFrom, lookupThroughLink } from './link-lookup.ts';

/** No link registered for this long: the next address is tried. */
const TRY_MS = 8000;

interface Known {
  /**
   * Of each link's last look-up, by {@link keyOf} it: a carrier that lets no traffic through names a page
   * of its own for every name, and what the other links were told must not be lost by that.
   */
  readonly answers: Map<string, readonly string[]>;
  current: string;
  /** Where links were registered last: others are tried for a third of the time only. */
  proven?: string;
  /** It was tried a second time in a row. */
  isRepeated: boolean;
  /** The last one that was tried for its turn. */
  tried: string;
}

/**
 * A name may have several addresses, and each look-up may give them in another order:
 * links that went to different receivers would never be one group. The address stays
 * while any link is registered, also where the name has another by then.
 */
export class ReceiverAddress {
  readonly #name: string;
  readonly #lookup: Lookup;
  /** By the receiver's address family: links of IPv4 and of IPv6 reach the same receiver. */
  readonly #known = new Map<number, Known>();
  #triedSinceMs: number | undefined;
  /** What an IPv4 address was last translated to, by the link and that one. */
  readonly #translated = new Map<string, string>();
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

  /** The address for this link. Rejects when none was ever found. */
  async resolve(from: LookupFrom): Promise<string> {
    const address = isIP(this.#name) === 0 ? await this.#find(from) : this.#name;
    const isBehind = isIPv4(address) && isIPv6(from.sourceAddress);
    return isBehind ? await this.#translate(address, from) : address;
  }

  async #find(from: LookupFrom): Promise<string> {
    const isV6 = isIPv6(from.sourceAddress);
    try {
      const addresses = await this.#lookup(this.#name, from);
      const [first] = addresses;
      if (first === undefined) throw codeError('ENOTFOUND', this.#name);
      const family = isIP(first);
      const known = this.#known.get(family) ?? startAt(first);
      this.#known.set(family, known);
      setNewest(known.answers, keyOf(from), addresses, MAX_LINKS);
      if (!isV6) this.#isV6Only = false;
      return known.current;
    } catch (error) {
      const known = (isV6 ? this.#known.get(6) : undefined) ?? this.#known.get(4);
      if (known === undefined) {
        if (!isV6 && hasNone(error)) await this.#lookForV6(from);
        throw error;
      }
      return known.current;
    }
  }

  /** Each network of IPv6 only reaches an IPv4 address by a prefix of its own. */
  async #translate(address: string, from: LookupFrom): Promise<string> {
    const link = `${keyOf(from)} ${address}`;
    try {
      const [translated = ''] = await this.#lookup(address, from);
      setNewest(this.#translated, link, translated, MAX_LINKS);
      return translated;
    } catch (error) {
      const last = this.#translated.get(link);
      if (last === undefined) throw error;
      return last;
    }
  }

  async #lookForV6(from: LookupFrom): Promise<void> {
    const found = await this.#lookup(this.#name, from, 6).catch(() => []);
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
      // Links of IPv6 may reach an address of IPv4 by translation.
      if (own.some(({ isIn }) => isIn) || (isServed && this.#known.size === 1)) {
        known.proven = known.current;
        known.isRepeated = false;
      }
      const isStrange =
        isServed && own.every(({ isIn }) => !isIn) && own.some(({ isUnknown }) => isUnknown);
      const sinceMs = this.#strangeSinceMs.get(family) ?? nowMs;
      if (isStrange && nowMs - sinceMs < TRY_MS) {
        this.#strangeSinceMs.set(family, sinceMs);
        return [];
      }
      this.#strangeSinceMs.delete(family);
      if (!isStrange) return [];
      delete known.proven;
      known.tried = known.current;
      return advance(known) ? own.map(({ slot }) => slot) : [];
    });
  }
}

function startAt(current: string): Known {
  return { answers: new Map(), current, isRepeated: false, tried: current };
}

/** Two modems may give the same address: their links differ by port. */
function keyOf({ sourceAddress, sourcePort = 0 }: LookupFrom): string {
  return `${sourceAddress} ${sourcePort}`;
}

/** @returns true where it is the turn of another one. */
function advance(known: Known): boolean {
  const { answers, current, tried } = known;
  // Always in the same order, or one of three might never have its turn.
  const addresses = [...new Set([...answers.values()].flat())].toSorted();
  const proven = addresses.find((address) => address === known.proven);
  known.isRepeated = proven === current && !known.isRepeated;
  if (known.isRepeated) return false;
  if (proven !== undefined && proven !== current) {
    known.current = proven;
    return true;
  }
  const others = addresses.filter((address) => address !== proven);
  known.current = others.find((address) => address > tried) ?? others[0] ?? current;
  known.tried = known.current;
  return known.current !== current;
}

/** The name has no address of this kind; a server that did not answer is no reason to leave it. */
function hasNone(error: unknown): boolean {
  return error instanceof Error && /^E(?:NOTFOUND|NODATA)$/.test(errnoOf(error) ?? '');
}
