/** The edge's cache in memory. */
import type { HeaderLookup } from '../http/negotiate.ts';
import { keyWith } from './cache-key.ts';
import type { Lifetime } from './freshness.ts';

/** A cached answer of the upstream. */
export interface Entry {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
  readonly isGzip: boolean;
  readonly etag: string | undefined;
  /** The upstream's own `Cache-Status` (RFC 9211). */
  readonly cacheStatus: string | undefined;
  readonly cacheControl: string;
  readonly vary: readonly string[];
  readonly lifetime: Lifetime;
  /** Monotonic time at which it was received or revalidated. */
  readonly atMs: number;
}

/** Evicts the least recently used entries where it holds more than `maxBytes`. */
export class EdgeStore {
  readonly #maxBytes: number;
  readonly #entries = new Map<string, Entry>();
  /** Request headers that each address varies by. */
  readonly #vary = new Map<string, readonly string[]>();
  #heldBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  varyOf(url: string): readonly string[] {
    return this.#vary.get(url) ?? [];
  }

  get(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  set(url: string, key: string, entry: Entry): void {
    if (entry.body.length > this.#maxBytes / 4) return;
    this.#delete(key);
    this.#entries.set(key, entry);
    this.#heldBytes += costOf(key, entry);
    this.#vary.delete(url);
    if (entry.vary.length > 0) this.#vary.set(url, entry.vary);
    while (this.#heldBytes > this.#maxBytes) this.#delete(this.#entries.keys().next().value ?? '');
    while (this.#vary.size > VARY_MAX) this.#vary.delete(this.#vary.keys().next().value ?? '');
  }

  #delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#heldBytes -= costOf(key, entry);
  }
}

const VARY_MAX = 2_000;

/** Bytes of memory, with those of headers and maps. */
function costOf(key: string, { body }: Entry): number {
  return body.length + key.length + 500;
}

/** No player waits for long that is early: its next try comes later, or is the first that is fetched. */
const MISSING_MS = 300;
/** Guests may make up addresses. */
const MISSES_MAX = 1_000;
const BODY_MAX_BYTES = 10_000;

interface Miss {
  readonly entry: Entry;
  /** Of the request that was answered. */
  readonly header: HeaderLookup;
}

/** An answer that no cache may store, and that is the same for all all the same. */
export function isMiss({ status }: Entry): boolean {
  return status === 404;
}

/** What the upstream does not have, for a moment: guests who ask together, or again, ask it once. */
export class Misses {
  readonly #misses = new Map<string, Miss>();

  add(url: string, header: HeaderLookup, entry: Entry): void {
    if (entry.body.length > BODY_MAX_BYTES) return;
    this.#misses.delete(url);
    this.#misses.set(url, { entry, header });
    if (this.#misses.size > MISSES_MAX) this.#misses.delete(this.#misses.keys().next().value ?? '');
  }

  /** Undefined where it is to be asked. */
  find(url: string, header: HeaderLookup, nowMs: number): Entry | undefined {
    const miss = this.#misses.get(url);
    if (miss === undefined) return undefined;
    const { entry } = miss;
    if (nowMs - entry.atMs >= MISSING_MS) {
      this.#misses.delete(url);
      return undefined;
    }
    const isSame = keyWith(url, entry.vary, miss.header) === keyWith(url, entry.vary, header);
    return isSame ? entry : undefined;
  }
}
