import type { HeaderLookup } from '../http/negotiate.ts';
import type { Entry } from './store.ts';

export type FetchResult =
  | { readonly type: 'answered'; readonly entry: Entry }
  /** The upstream failed; this is the best there is. */
  | { readonly type: 'stale'; readonly entry: Entry }
  | { readonly type: 'failed'; readonly reason: string };

/** A fetch that is under way, for all who ask for the same. */
export interface PendingFetch {
  /** Of whoever asked first. */
  readonly header: HeaderLookup;
  /** Likewise; undefined for the box itself. */
  readonly address: string | undefined;
  readonly why: 'uri-miss' | 'vary-miss' | 'stale';
  result: FetchResult | undefined;
  readonly isOver: Promise<void>;
}

/** The upstream's sockets are as many, so none waits for another's held request to end. */
export const MAX_PENDING_FETCHES = 128;
/**
 * Begun by one address; to join another's costs nothing. A room behind NAT is one
 * address, and needs at most about 30 at once, when its guests come all together:
 * for each of three renditions and the sound a playlist whole and as an update, two
 * parts and two segments, an init section, and what the page shows. Lower, that
 * room is refused in its first second; higher, one guest takes more of the upstream.
 */
const MAX_PENDING_PER_ADDRESS = 32;

/** Fetches by what they fetch: bounded in all, and for each address that begins them. */
export class PendingFetches {
  readonly #flights = new Map<string, PendingFetch>();
  readonly #begun = new Map<string, number>();

  get(key: string): PendingFetch | undefined {
    return this.#flights.get(key);
  }

  /**
   * Whether `address` may begin one more. None takes more than it leaves to the others,
   * so it needs nine together to leave no room for a tenth, and not four.
   */
  hasSlotFor(address: string | undefined): boolean {
    const left = MAX_PENDING_FETCHES - this.#flights.size;
    if (address === undefined) return left > 0;
    return (this.#begun.get(address) ?? 0) < Math.min(MAX_PENDING_PER_ADDRESS, left);
  }

  add(key: string, flight: PendingFetch): void {
    this.#flights.set(key, flight);
    this.#count(flight.address, 1);
  }

  /** It has landed. */
  delete(key: string): void {
    const flight = this.#flights.get(key);
    if (this.#flights.delete(key)) this.#count(flight?.address, -1);
  }

  #count(address: string | undefined, change: 1 | -1): void {
    if (address === undefined) return;
    const begun = (this.#begun.get(address) ?? 0) + change;
    if (begun > 0) this.#begun.set(address, begun);
    else this.#begun.delete(address);
  }
}
