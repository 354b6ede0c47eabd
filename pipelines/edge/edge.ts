import type { Clock } from '../../hal/os/clock.ts';
import type { CacheOutcome } from '../http/cache/cache-status.ts';
import type { HttpRequest, Wait } from '../http/handlers.ts';
import type { HeaderLookup } from '../http/negotiate.ts';
import { type Reply, refuse } from '../http/reply.ts';
import type { CdnLoop } from './cdn-loop.ts';
import { renderEntry, renderStale } from './entry.ts';
import { Fetcher } from './fetcher.ts';
import { LatestPlaylists } from './latest-playlists.ts';
import { type FetchResult, type PendingFetch, PendingFetches } from './pending-fetches.ts';
import { readQuery } from './query.ts';
import type { EdgeFigures } from './state.ts';
import { EdgeStore, type Entry } from './store.ts';
import type { Upstream } from './upstream.ts';
import { isBlocking, keyWith, urlOf } from './variants.ts';

export interface EdgeOptions {
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly loop?: CdnLoop;
  readonly maxBytes: number;
  /**
   * A request is held no longer, until the upstream's playlists have told their
   * target duration: three of those then (RFC 8216bis §6.2.5.2).
   */
  readonly holdMs: number;
  /** Ends all that is under way. */
  readonly signal: AbortSignal;
  /** Held requests are to be looked at again: `ViewerServer.wake`. */
  readonly wake: (key: string) => void;
  /** Each answer of the upstream, by path and status, or why there was none. */
  readonly onSeen?: (path: string, seen: number | Error) => void;
}

const WAKE_KEY = 'edge';
/** What may be shown stale for a second is not fetched more often than this. */
const REFRESH_MS = 250;

/**
 * Serves another origin's stream: each thing is fetched once for all who ask,
 * blocking reloads included, and an upstream that is away is bridged with what
 * was fetched last. Knows nothing of sockets.
 */
export class Edge {
  readonly #options: EdgeOptions;
  readonly #store: EdgeStore;
  readonly #flights = new PendingFetches();
  readonly #newest: LatestPlaylists;
  readonly #fetcher: Fetcher;
  readonly #totals = { requests: 0, hits: 0, collapsed: 0, stale: 0 };

  constructor(options: EdgeOptions) {
    this.#options = options;
    this.#newest = new LatestPlaylists(options.holdMs);
    this.#store = new EdgeStore(options.maxBytes);
    this.#fetcher = new Fetcher({
      ...options,
      holdMs: () => this.#newest.holdMs,
      varyOf: (url) => this.#store.varyOf(url),
    });
  }

  /** Whether this playlist was fetched of late. */
  hasPlaylist(path: string): boolean {
    return this.#newest.has(path);
  }

  /** What of the upstream's stream this box does not pass on, as a line. */
  get unsupported(): string | undefined {
    return this.#newest.unsupported(this.#nowMs());
  }

  /** Fetches as for a viewer, and counts none. Resolves when that is over. */
  async poll(request: HttpRequest): Promise<void> {
    const url = urlOf(request);
    const key = this.#keyOf(url, request.header);
    await this.#fly(url, key, request, this.#store.get(key))?.isOver;
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
      if (ageMs >= Math.max(freshMs, REFRESH_MS)) this.#fly(url, key, request, entry);
      return renderEntry(
        entry,
        request.header,
        { type: 'hit', ttlS: (freshMs - ageMs) / 1000 },
        this.#nowMs(),
      );
    }
    const stale = this.#fetcher.isAway ? this.#staleFor(request, entry) : undefined;
    if (stale !== undefined && !isBlocking(request)) {
      this.#totals.stale += 1;
      return renderStale(stale, request.header, this.#nowMs());
    }
    const isCollapsed = this.#flights.get(key) !== undefined;
    let flight = this.#fly(url, key, request, entry);
    if (flight === undefined) return TOO_MANY;
    if (isCollapsed) this.#totals.collapsed += 1;
    // Whether somebody else's answer is for this request too shows only when it is there.
    let isForeign = isCollapsed;
    return {
      wait: WAKE_KEY,
      holdMs: this.#fetcher.longestMs,
      retry: () => {
        if (isForeign && flight !== undefined && this.#isForOthers(flight, url, request)) {
          isForeign = false;
          const own = this.#ownKey(flight, url, request);
          flight = this.#fly(url, own, request, undefined, 'vary-miss');
        }
        return flight === undefined ? TOO_MANY : this.#landed(flight, request, isCollapsed);
      },
      expired: () => refuse(503, 'the origin does not answer', 0, RETRY_AFTER),
    };
  }

  #landed({ result, why }: PendingFetch, request: HttpRequest, isCollapsed: boolean) {
    if (result === undefined) return undefined;
    if (result.type === 'failed') return refuse(503, result.reason, 0, RETRY_AFTER);
    const { entry } = result;
    if (result.type === 'stale') return renderStale(entry, request.header, this.#nowMs());
    const { isStorable: isStored } = entry.lifetime;
    const { status } = entry;
    const outcome: CacheOutcome = { type: 'forward', why, status, isStored, isCollapsed };
    return renderEntry(entry, request.header, outcome, this.#nowMs());
  }

  /** What came is for one viewer only, or varies by headers in which this request is another. */
  #isForOthers({ result, header }: PendingFetch, url: string, request: HttpRequest): boolean {
    if (result?.type !== 'answered') return false;
    const { lifetime, vary } = result.entry;
    if (!lifetime.isStorable) return true;
    return keyWith(url, vary, header) !== keyWith(url, vary, request.header);
  }

  /** The variants of an address are known now; what nobody may share is fetched by itself. */
  #ownKey({ result }: PendingFetch, url: string, { header }: HttpRequest): string {
    const isShared = result?.type === 'answered' && result.entry.lifetime.isStorable;
    return isShared ? this.#keyOf(url, header) : `${url}\n#${this.#totals.requests}`;
  }

  #fly(
    url: string,
    key: string,
    request: HttpRequest,
    known: Entry | undefined,
    missed: PendingFetch['why'] = 'uri-miss',
  ): PendingFetch | undefined {
    const under = this.#flights.get(key);
    if (under !== undefined) return under;
    const { header, address } = request;
    if (!this.#flights.hasSlotFor(address)) return undefined;
    const why = known === undefined ? missed : 'stale';
    const isOver = this.#fetcher.fetch(url, request, known).then((got) => {
      flight.result =
        typeof got === 'string'
          ? this.#inNeed(request, known, got)
          : { type: 'answered', entry: got };
      this.#flights.delete(key);
      if (typeof got !== 'string') this.#keep(url, request, got);
      this.#options.wake(WAKE_KEY);
    });
    const flight: PendingFetch = { header, address, why, result: undefined, isOver };
    this.#flights.add(key, flight);
    return flight;
  }

  #inNeed(request: HttpRequest, known: Entry | undefined, reason: string): FetchResult {
    const entry = this.#staleFor(request, known);
    if (entry === undefined) return { type: 'failed', reason };
    this.#totals.stale += 1;
    return { type: 'stale', entry };
  }

  #keep(url: string, request: HttpRequest, entry: Entry): void {
    if (!entry.lifetime.isStorable || entry.vary.includes('*')) return;
    const key = keyWith(url, entry.vary, request.header);
    this.#store.set(url, key, entry);
    this.#newest.save(request, entry);
  }

  #staleFor(request: HttpRequest, known: Entry | undefined): Entry | undefined {
    return this.#newest.staleFor(request, known, this.#nowMs());
  }

  #keyOf(url: string, header: HeaderLookup): string {
    return keyWith(url, this.#store.varyOf(url), header);
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }
}

const RETRY_AFTER = ['Retry-After', '1'];
const TOO_MANY = refuse(503, 'too much is being fetched', 0, RETRY_AFTER);
