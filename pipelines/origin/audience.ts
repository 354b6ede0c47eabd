/** How many viewers an address can have, by the media that it has fetched lately, or is pushed. */
import { type TokenBucket, takeFrom } from '../../hal/os/limits/token-bucket.ts';

/** Fetches of this and the last window are counted: an outage of half a minute hides no viewer. */
const WINDOW_MS = 30_000;
/** Of one viewer within a window; one that loads segments of 4 s, without sound, has as many. */
const FETCHES_PER_VIEWER = 7;
/** Behind a trusted proxy, whose cache hides what was fetched. */
const PROXIED_MAX = 64;
const ADDRESSES_MAX = 40_000;

/** A guest sends two a second at most, in reports that come every five seconds, or a little later. */
export const HEARTS = { perS: 2, max: 12 } as const;

/** Of a request. */
export interface Client {
  readonly address?: string;
  readonly connection?:
    | { readonly address: { readonly connections: number; readonly isProxy: boolean } }
    | undefined;
}

/** Stalled time that an address has not reported yet is saved for so long. */
const STALLED_SAVED_MS = 60_000;
const STALLED_FIRST_MS = 6_000;

interface AddressRecord {
  window: number;
  fetches: number;
  fetchesBefore: number;
  /** Pushed streams that go on. */
  streams: number;
  /** For how long its viewers may have stalled. */
  stalledMs: number;
  atMs: number;
  readonly hearts: TokenBucket;
}

export class Audience {
  readonly #records = new Map<string, AddressRecord>();
  #forgotten = Number.NEGATIVE_INFINITY;

  /** To be called for each part and segment that is fetched. */
  addFetch({ address = '' }: Client, nowMs: number): void {
    const record = this.#recordOf(address, nowMs);
    if (record !== undefined) record.fetches += 1;
  }

  /** A stream is pushed, until the returned function is called. */
  addStream({ address = '' }: Client, nowMs: number): () => void {
    const record = this.#recordOf(address, nowMs);
    if (record === undefined) return () => undefined;
    record.streams += 1;
    return () => {
      record.streams -= 1;
    };
  }

  /** Each viewer has a connection, and gets media over it. */
  viewersMax({ address = '', connection }: Client, nowMs: number): number {
    const { isProxy, connections } = connection?.address ?? { isProxy: false, connections: 1 };
    const record = this.#recordOf(address, nowMs);
    if (isProxy || record === undefined) return record === undefined ? 0 : PROXIED_MAX;
    const fetches = record.fetches + record.fetchesBefore;
    const fetching = Math.ceil(fetches / FETCHES_PER_VIEWER);
    return Math.min(connections, fetching + record.streams);
  }

  /** Viewers cannot stall for longer than they watch. @returns how much of `ms` is possible. */
  takeStalled({ address = '' }: Client, ms: number, viewers: number, nowMs: number): number {
    const record = this.#recordOf(address, nowMs);
    if (record === undefined) return 0;
    const savedMs = record.stalledMs + viewers * (nowMs - record.atMs);
    const possibleMs = Math.min(savedMs, viewers * STALLED_SAVED_MS);
    const takenMs = Math.min(ms, possibleMs);
    record.stalledMs = possibleMs - takenMs;
    record.atMs = nowMs;
    return takenMs;
  }

  /** Viewers that come under new names share what their address may send. @returns how many count. */
  takeHearts({ address = '' }: Client, wanted: number, viewers: number, nowMs: number): number {
    const record = this.#recordOf(address, nowMs);
    if (record === undefined) return 0;
    const limits = { perS: HEARTS.perS * viewers, max: HEARTS.max * viewers };
    return takeFrom(record.hearts, wanted, limits, nowMs);
  }

  /** Undefined where too many addresses are known. */
  #recordOf(address: string, nowMs: number): AddressRecord | undefined {
    const window = Math.floor(nowMs / WINDOW_MS);
    const known = this.#records.get(address);
    if (known === undefined) {
      if (this.#records.size >= ADDRESSES_MAX) this.#forgetOld(window);
      if (this.#records.size >= ADDRESSES_MAX) return undefined;
      const hearts = { left: HEARTS.max, atMs: nowMs };
      const first = { stalledMs: STALLED_FIRST_MS, atMs: nowMs, hearts };
      const record = { window, fetches: 0, fetchesBefore: 0, streams: 0, ...first };
      this.#records.set(address, record);
      return record;
    }
    if (known.window !== window) {
      known.fetchesBefore = known.window === window - 1 ? known.fetches : 0;
      known.fetches = 0;
      known.window = window;
    }
    return known;
  }

  /** Once in a window: who has as many addresses as there may be would have all looked through for each request. */
  #forgetOld(window: number): void {
    if (window === this.#forgotten) return;
    this.#forgotten = window;
    for (const [address, record] of this.#records) {
      if (record.window < window - 1 && record.streams === 0) this.#records.delete(address);
    }
  }
}
