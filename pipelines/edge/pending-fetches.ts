/** Fetches from the upstream that have not ended yet. */
import type { HeaderLookup } from '../http/negotiate.ts';
import type { Entry } from './store.ts';

export type FetchResult =
  | { readonly type: 'answered'; readonly entry: Entry }
  /** The upstream failed; this is an earlier answer. */
  | { readonly type: 'stale'; readonly entry: Entry }
  | { readonly type: 'failed'; readonly reason: string };

/** A fetch that all requests for the same resource share. */
export interface PendingFetch {
  /** Of the request that started it. */
  readonly header: HeaderLookup;
  /** Of the client that started it; undefined for the box itself. */
  readonly address: string | undefined;
  readonly why: 'uri-miss' | 'vary-miss' | 'stale';
  result: FetchResult | undefined;
  readonly isOver: Promise<void>;
}

/** As many as sockets to the upstream, so that none waits for another one's held request. */
export const MAX_PENDING_FETCHES = 128;
/**
 * Started by one address; joining another's is not limited. A room behind NAT is one
 * address, and needs at most about 30 at once, when its guests come all together:
 * for each of three renditions and the sound a full playlist and a delta update, two
 * parts and two segments, an init section, and what the page shows. A lower limit
 * refuses that room in its first second; a higher one lets one guest use more of the upstream.
 */
const MAX_PENDING_PER_ADDRESS = 32;

/** Bounded in total, and for each address that starts them. */
export class PendingFetches {
  readonly #fetches = new Map<string, PendingFetch>();
  readonly #perAddress = new Map<string, number>();

  get(key: string): PendingFetch | undefined {
    return this.#fetches.get(key);
  }

  /**
   * True where `address` may start one more. No address takes more slots than it leaves
   * free, so it takes nine addresses, and not four, to use up all slots.
   */
  hasSlotFor(address: string | undefined): boolean {
    const free = MAX_PENDING_FETCHES - this.#fetches.size;
    if (address === undefined) return free > 0;
    return (this.#perAddress.get(address) ?? 0) < Math.min(MAX_PENDING_PER_ADDRESS, free);
  }

  add(key: string, fetch: PendingFetch): void {
    this.#fetches.set(key, fetch);
    this.#count(fetch.address, 1);
  }

  /** It has ended. */
  delete(key: string): void {
    const fetch = this.#fetches.get(key);
    if (this.#fetches.delete(key)) this.#count(fetch?.address, -1);
  }

  #count(address: string | undefined, change: 1 | -1): void {
    if (address === undefined) return;
    const count = (this.#perAddress.get(address) ?? 0) + change;
    if (count > 0) this.#perAddress.set(address, count);
    else this.#perAddress.delete(address);
  }
}
