import type { Clock } from '../../hal/os/clock.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { CacheOutcome } from '../cache/status.ts';
import type { HeaderLookup } from '../hls/negotiate.ts';
import type { OriginRequest, Wait } from '../hls/origin.ts';
import { type Reply, refuse } from '../hls/reply.ts';
import { confirm, entryOf, renderEntry, renderStale } from './entry.ts';
import { EdgeStore, type Entry } from './store.ts';
import type { Upstream } from './upstream.ts';
import { headersFor, isBlocking, keyWith, urlOf } from './variants.ts';

export interface EdgeOptions {
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly maxBytes: number;
  /** A request is held no longer: three target durations of the upstream. */
  readonly holdMs: number;
  /** Ends all that is under way. */
  readonly signal: AbortSignal;
  /** Held requests are to be looked at again: `ViewerServer.wake`. */
  readonly wake: (key: string) => void;
}

export interface EdgeFigures {
  readonly requestsTotal: number;
  /** Answered from memory, fresh or stale. */
  readonly hitsTotal: number;
  /** Answered by a fetch that somebody else had begun. */
  readonly collapsedTotal: number;
  readonly upstreamTotal: number;
  readonly upstreamFailuresTotal: number;
  readonly staleTotal: number;
  readonly heldBytes: number;
}

type Landed =
  | { readonly type: 'answered'; readonly entry: Entry }
  /** The upstream failed; this is the best there is. */
  | { readonly type: 'stale'; readonly entry: Entry }
  | { readonly type: 'failed'; readonly reason: string };

/** A fetch that is under way, for all who ask for the same. */
interface Flight {
  /** Of whoever asked first. */
  readonly header: HeaderLookup;
  readonly why: 'uri-miss' | 'vary-miss' | 'stale';
  landed: Landed | undefined;
}

const WAKE_KEY = 'edge';
const FLIGHTS_MAX = 128;
const RETRY_MS = 300;
const AWAY_MS = 1_000;
/** What may be shown stale for a second is not fetched more often than this. */
const REFRESH_MS = 250;
const NEWEST_MAX = 64;
const PLAIN_TIMEOUT_MS = 5_000;

/**
 * Serves another origin's stream: each thing is fetched once for all who ask,
 * blocking reloads included, and an upstream that is away is bridged with what
 * was fetched last. Knows nothing of sockets.
 */
export class Edge {
  readonly #options: EdgeOptions;
  readonly #store: EdgeStore;
  readonly #flights = new Map<string, Flight>();
  /** The last whole playlist of each path, for when a later one cannot be had. */
  readonly #newest = new Map<string, Entry>();
  /** The upstream has just failed: until then nobody else need find that out. */
  #awayUntilMs = Number.NEGATIVE_INFINITY;
  readonly #totals = { requests: 0, hits: 0, collapsed: 0, upstream: 0, failures: 0, stale: 0 };

  constructor(options: EdgeOptions) {
    this.#options = options;
    this.#store = new EdgeStore(options.maxBytes);
  }

  figures(): EdgeFigures {
    const { requests, hits, collapsed, upstream, failures, stale } = this.#totals;
    return {
      requestsTotal: requests,
      hitsTotal: hits,
      collapsedTotal: collapsed,
      upstreamTotal: upstream,
      upstreamFailuresTotal: failures,
      staleTotal: stale,
      heldBytes: this.#store.heldBytes,
    };
  }

  answer(request: OriginRequest): Reply | Wait {
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
    const stale =
      this.#nowMs() < this.#awayUntilMs ? this.#staleFor(request.path, entry) : undefined;
    if (stale !== undefined && !isBlocking(request)) {
      this.#totals.stale += 1;
      return renderStale(stale, request.header, this.#nowMs());
    }
    const isCollapsed = this.#flights.has(key);
    let flight = this.#fly(url, key, request, entry);
    if (flight === undefined) return TOO_MANY;
    if (isCollapsed) this.#totals.collapsed += 1;
    // Whether somebody else's answer is for this request too shows only when it is there.
    let isForeign = isCollapsed;
    return {
      wait: WAKE_KEY,
      holdMs: this.#options.holdMs + PLAIN_TIMEOUT_MS,
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

  #landed({ landed, why }: Flight, request: OriginRequest, isCollapsed: boolean) {
    if (landed === undefined) return undefined;
    if (landed.type === 'failed') return refuse(503, landed.reason, 0, RETRY_AFTER);
    const { entry } = landed;
    if (landed.type === 'stale') return renderStale(entry, request.header, this.#nowMs());
    const { isStorable: isStored } = entry.lifetime;
    const { status } = entry;
    const outcome: CacheOutcome = { type: 'forward', why, status, isStored, isCollapsed };
    return renderEntry(entry, request.header, outcome, this.#nowMs());
  }

  /** What came is for one viewer only, or varies by headers in which this request is another. */
  #isForOthers({ landed, header }: Flight, url: string, request: OriginRequest): boolean {
    if (landed?.type !== 'answered') return false;
    const { lifetime, vary } = landed.entry;
    if (!lifetime.isStorable) return true;
    return keyWith(url, vary, header) !== keyWith(url, vary, request.header);
  }

  /** The variants of an address are known now; what nobody may share is fetched by itself. */
  #ownKey({ landed }: Flight, url: string, { header }: OriginRequest): string {
    const isShared = landed?.type === 'answered' && landed.entry.lifetime.isStorable;
    return isShared ? this.#keyOf(url, header) : `${url}\n#${this.#totals.requests}`;
  }

  #fly(
    url: string,
    key: string,
    request: OriginRequest,
    known: Entry | undefined,
    missed: Flight['why'] = 'uri-miss',
  ): Flight | undefined {
    const under = this.#flights.get(key);
    if (under !== undefined) return under;
    if (this.#flights.size >= FLIGHTS_MAX) return undefined;
    const why = known === undefined ? missed : 'stale';
    const flight: Flight = { header: request.header, why, landed: undefined };
    this.#flights.set(key, flight);
    void this.#fetch(url, request, known).then((landed) => {
      flight.landed = landed;
      this.#flights.delete(key);
      if (landed.type === 'answered') this.#keep(url, request, landed.entry);
      if (landed.type === 'stale') this.#totals.stale += 1;
      this.#options.wake(WAKE_KEY);
    });
    return flight;
  }

  /** Never rejects. */
  async #fetch(url: string, request: OriginRequest, known: Entry | undefined): Promise<Landed> {
    const { clock, holdMs, signal } = this.#options;
    const isHeld = isBlocking(request);
    const startMs = this.#nowMs();
    for (;;) {
      const failure = await this.#fetchOnce(url, request, known, isHeld);
      if (typeof failure !== 'string') return { type: 'answered', entry: failure };
      this.#totals.failures += 1;
      this.#awayUntilMs = this.#nowMs() + AWAY_MS;
      if (signal.aborted) return { type: 'failed', reason: 'this box is stopping' };
      const stale = this.#staleFor(request.path, known);
      // A player that waits for the next playlist is kept waiting, as the origin would.
      const isWorthWaiting = isHeld && this.#nowMs() - startMs < holdMs;
      if (!isWorthWaiting) {
        return stale === undefined
          ? { type: 'failed', reason: failure }
          : { type: 'stale', entry: stale };
      }
      await clock.sleep(RETRY_MS, signal).catch(() => undefined);
    }
  }

  /** The entry, or why there is none. */
  async #fetchOnce(
    url: string,
    request: OriginRequest,
    known: Entry | undefined,
    isHeld: boolean,
  ): Promise<Entry | string> {
    const { upstream, holdMs, signal } = this.#options;
    this.#totals.upstream += 1;
    const timeout = AbortSignal.timeout(PLAIN_TIMEOUT_MS + (isHeld ? holdMs : 0));
    try {
      const headers = headersFor(request.header, this.#store.varyOf(url), known?.etag);
      const answer = await upstream(url, headers, AbortSignal.any([signal, timeout]));
      if (answer.status === 304 && known !== undefined)
        return confirm(known, answer, this.#nowMs());
      if (
        answer.status >= 500 ||
        answer.status < 200 ||
        (answer.status >= 300 && answer.status < 400)
      ) {
        return `the origin answers ${answer.status}`;
      }
      return entryOf(answer, this.#nowMs());
    } catch (error) {
      return `the origin is away: ${messageOf(error)}`;
    }
  }

  #keep(url: string, request: OriginRequest, entry: Entry): void {
    if (!entry.lifetime.isStorable || entry.vary.includes('*')) return;
    const key = keyWith(url, entry.vary, request.header);
    this.#store.set(url, key, entry);
    const isWhole = request.path.endsWith('.m3u8') && !request.query.has('_HLS_skip');
    if (entry.status !== 200 || !isWhole) return;
    this.#newest.delete(request.path);
    this.#newest.set(request.path, entry);
    const oldest = this.#newest.keys().next().value;
    if (this.#newest.size > NEWEST_MAX && oldest !== undefined) this.#newest.delete(oldest);
  }

  #staleFor(path: string, known: Entry | undefined): Entry | undefined {
    const usable = (entry: Entry | undefined) => {
      if (entry === undefined) return undefined;
      const { freshMs, staleIfErrorMs } = entry.lifetime;
      return this.#nowMs() - entry.atMs < freshMs + staleIfErrorMs ? entry : undefined;
    };
    return usable(known) ?? usable(this.#newest.get(path));
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
