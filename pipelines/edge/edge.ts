/** A caching proxy for another origin's LL-HLS stream. */
import type { Clock } from '../../hal/os/clock.ts';
import { openAttemptLimit } from '../../hal/os/limits/attempt-limit.ts';
import type { CacheOutcome } from '../http/cache/cache-status.ts';
import type { HttpRequest, Wait } from '../http/handlers.ts';
import type { HeaderLookup } from '../http/negotiate.ts';
import { type Reply, refuse } from '../http/reply.ts';
import { isBlocking, isPart, keyWith, urlOf } from './cache-key.ts';
import type { CdnLoop } from './cdn-loop.ts';
import { renderEntry, renderStale } from './entry.ts';
import { Fetcher } from './fetcher.ts';
import { LatestPlaylists } from './latest-playlists.ts';
import { type FetchResult, type PendingFetch, PendingFetches } from './pending-fetches.ts';
import { readQuery } from './query.ts';
import type { EdgeFigures } from './state.ts';
import { EdgeStore, type Entry, isMiss, Misses } from './store.ts';
import type { Upstream } from './upstream.ts';

export interface EdgeOptions {
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly loop?: CdnLoop;
  readonly maxBytes: number;
  /**
   * The longest time that a request is held, until the target duration of the upstream's
   * playlists is known: then three of those (RFC 8216bis §6.2.5.2).
   */
  readonly holdMs: number;
  /** Ends all pending fetches. */
  readonly signal: AbortSignal;
  /** Held requests are to be checked again: `ViewerServer.wake`. */
  readonly wake: (key: string) => void;
  /** Each answer of the upstream, by path and status, or why there was none. */
  readonly onAnswer?: (path: string, answer: number | Error) => void;
}

const WAKE_KEY = 'edge';
/**
 * Fetches that an address may start; hits, and joining the fetch of another one, are free. A room
 * behind NAT needs each playlist and part of all renditions once: 90 a second where parts have
 * 100 ms, and up to 240 where they have 50 ms. All together they stay far below what the upstream allows an address, which is this edge.
 */
const FETCHES = { burst: 600, perS: 400, totalBurst: 3_000, totalPerS: 1_500 };
/** The shortest time between two refreshes in the background (stale-while-revalidate). */
const REFRESH_MIN_MS = 250;

/**
 * Fetches each resource once for all requests, blocking reloads included (request
 * collapsing), and serves stale content while the upstream fails. Pure of sockets.
 */
export class Edge {
  readonly #options: EdgeOptions;
  readonly #store: EdgeStore;
  readonly #pending = new PendingFetches();
  readonly #misses = new Misses();
  readonly #fetches = openAttemptLimit(FETCHES);
  readonly #latest: LatestPlaylists;
  readonly #fetcher: Fetcher;
  readonly #totals = { requests: 0, hits: 0, collapsed: 0, stale: 0 };

  constructor(options: EdgeOptions) {
    this.#options = options;
    this.#latest = new LatestPlaylists(options.holdMs);
    this.#store = new EdgeStore(options.maxBytes);
    this.#fetcher = new Fetcher({
      ...options,
      holdMs: () => this.#latest.holdMs,
      varyOf: (url) => this.#store.varyOf(url),
    });
  }

  /** True where this playlist has been fetched. */
  hasPlaylist(path: string): boolean {
    return this.#latest.has(path);
  }

  /** Which feature of the upstream's stream an edge does not support, as a line. */
  get unsupported(): string | undefined {
    return this.#latest.unsupported(this.#nowMs());
  }

  /** Fetches as for a viewer, without counting a request. Resolves when that is over. */
  async poll(request: HttpRequest): Promise<void> {
    const url = urlOf(request);
    const key = this.#keyOf(url, request.header);
    await this.#fetch(url, key, request, this.#store.get(key))?.isOver;
  }

  figures(): EdgeFigures {
    const { requests, hits, collapsed, stale } = this.#totals;
    return {
      requestsTotal: requests,
      hitsTotal: hits,
      collapsedTotal: collapsed,
      upstreamTotal: this.#fetcher.total,
      upstreamFailuresTotal: this.#fetcher.failures,
      staleTotal: stale,
      heldBytes: this.#store.heldBytes,
    };
  }

  answer(asked: HttpRequest): Reply | Wait {
    const request = readQuery(asked);
    if ('refusal' in request) return refuse(400, request.refusal);
    this.#totals.requests += 1;
    const url = urlOf(request);
    const key = this.#keyOf(url, request.header);
    const entry = this.#store.get(key);
    const ageMs = entry === undefined ? 0 : this.#nowMs() - entry.atMs;
    const { freshMs = -1, staleWhileRevalidateMs = 0 } = entry?.lifetime ?? {};
    if (entry !== undefined && ageMs < freshMs + staleWhileRevalidateMs) {
      this.#totals.hits += 1;
      if (ageMs >= Math.max(freshMs, REFRESH_MIN_MS)) this.#fetch(url, key, request, entry);
      return renderEntry(
        entry,
        request.header,
        { type: 'hit', ttlS: (freshMs - ageMs) / 1000 },
        this.#nowMs(),
      );
    }
    const missing = this.#misses.find(url, request.header, this.#nowMs());
    if (missing !== undefined) {
      this.#totals.hits += 1;
      return renderEntry(missing, request.header, { type: 'hit', ttlS: 0 }, this.#nowMs());
    }
    const stale = this.#fetcher.isUnreachable ? this.#staleFor(request, entry) : undefined;
    if (stale !== undefined && !isBlocking(request)) {
      this.#totals.stale += 1;
      return renderStale(stale, request.header, this.#nowMs());
    }
    const isCollapsed = this.#pending.get(key) !== undefined;
    let pending = this.#fetch(url, key, request, entry);
    if (pending === undefined) return TOO_MANY;
    if (isCollapsed) this.#totals.collapsed += 1;
    // Only the answer shows whether it fits this request too.
    let isShared = isCollapsed;
    return {
      wait: WAKE_KEY,
      holdMs: this.#fetcher.longestMs,
      retry: () => {
        if (isShared && pending !== undefined && this.#isOnlyForOthers(pending, url, request)) {
          isShared = false;
          const own = this.#ownKey(pending, url, request);
          pending = this.#fetch(url, own, request, undefined, 'vary-miss');
        }
        return pending === undefined ? TOO_MANY : this.#replyOf(pending, request, isCollapsed);
      },
      expired: () => refuse(503, 'the origin did not answer in time', 0, RETRY_AFTER),
    };
  }

  #replyOf({ result, why }: PendingFetch, request: HttpRequest, isCollapsed: boolean) {
    if (result === undefined) return undefined;
    if (result.type === 'failed') return refuse(503, result.reason, 0, RETRY_AFTER);
    const { entry } = result;
    if (result.type === 'stale') return renderStale(entry, request.header, this.#nowMs());
    const { isStorable: isStored } = entry.lifetime;
    const { status } = entry;
    const outcome: CacheOutcome = { type: 'forward', why, status, isStored, isCollapsed };
    return renderEntry(entry, request.header, outcome, this.#nowMs());
  }

  /** The answer is private, or varies by headers that differ in this request. */
  #isOnlyForOthers({ result, header }: PendingFetch, url: string, request: HttpRequest): boolean {
    if (result?.type !== 'answered') return false;
    const { lifetime, vary } = result.entry;
    if (!lifetime.isStorable && !isMiss(result.entry)) return true;
    return keyWith(url, vary, header) !== keyWith(url, vary, request.header);
  }

  /** The `Vary` of the address is known now; a private answer gets a key of its own. */
  #ownKey({ result }: PendingFetch, url: string, { header }: HttpRequest): string {
    const isShared = result?.type === 'answered' && result.entry.lifetime.isStorable;
    return isShared ? this.#keyOf(url, header) : `${url}\n#${this.#totals.requests}`;
  }

  /** Starts a fetch, or joins the one that is pending; undefined where too many are. */
  #fetch(
    url: string,
    key: string,
    request: HttpRequest,
    known: Entry | undefined,
    missed: PendingFetch['why'] = 'uri-miss',
  ): PendingFetch | undefined {
    const pending = this.#pending.get(key);
    if (pending !== undefined) return pending;
    const { header, address } = request;
    if (!this.#pending.hasSlotFor(address)) return undefined;
    if (address !== undefined && !this.#fetches.take(address, this.#nowMs())) return undefined;
    const why = known === undefined ? missed : 'stale';
    const isOver = this.#fetcher.fetch(url, request, known).then((got) => {
      started.result =
        typeof got === 'string'
          ? this.#fallBack(request, known, got)
          : { type: 'answered', entry: got };
      this.#pending.delete(key);
      if (typeof got !== 'string') this.#save(url, request, got);
      this.#options.wake(WAKE_KEY);
    });
    const started: PendingFetch = { header, address, why, result: undefined, isOver };
    this.#pending.add(key, started);
    return started;
  }

  #fallBack(request: HttpRequest, known: Entry | undefined, reason: string): FetchResult {
    const entry = this.#staleFor(request, known);
    if (entry === undefined) return { type: 'failed', reason };
    this.#totals.stale += 1;
    return { type: 'stale', entry };
  }

  #save(url: string, request: HttpRequest, entry: Entry): void {
    if (entry.vary.includes('*')) return;
    if (isMiss(entry) && !isPart(request)) this.#misses.add(url, request.header, entry);
    if (!entry.lifetime.isStorable) return;
    const key = keyWith(url, entry.vary, request.header);
    this.#store.set(url, key, entry);
    this.#latest.save(request, entry);
  }

  #staleFor(request: HttpRequest, known: Entry | undefined): Entry | undefined {
    return this.#latest.staleFor(request, known, this.#nowMs());
  }

  #keyOf(url: string, header: HeaderLookup): string {
    return keyWith(url, this.#store.varyOf(url), header);
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }
}

const RETRY_AFTER = ['Retry-After', '1'];
const TOO_MANY = refuse(503, 'too many fetches from the origin are pending', 0, RETRY_AFTER);
