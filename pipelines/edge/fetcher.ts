/** Requests to the upstream, with retries for what players wait for. */
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { HttpRequest } from '../http/handlers.ts';
import { headersFor, isAwaited } from './cache-key.ts';
import type { CdnLoop } from './cdn-loop.ts';
import { entryOf, revalidated } from './entry.ts';
import type { Entry } from './store.ts';
import type { Upstream, UpstreamAnswer } from './upstream.ts';

export interface FetcherOptions {
  readonly upstream: Upstream;
  readonly loop?: CdnLoop;
  readonly clock: Clock;
  /** How long a request that players wait for is retried. */
  readonly holdMs: () => number;
  /** Request headers that an address varies by. */
  readonly varyOf: (url: string) => readonly string[];
  readonly signal: AbortSignal;
  /** Each answer's path and status, or why there was none. */
  readonly onAnswer?: (path: string, answer: number | Error) => void;
}

const RETRY_MS = 300;
const UNREACHABLE_MS = 1_000;
const PLAIN_TIMEOUT_MS = 5_000;

export class Fetcher {
  readonly #options: FetcherOptions;
  /** The upstream has just failed: until then other requests do not try it. */
  #unreachableUntilMs = Number.NEGATIVE_INFINITY;
  #total = 0;
  #failures = 0;

  constructor(options: FetcherOptions) {
    this.#options = options;
  }

  get total(): number {
    return this.#total;
  }

  get failures(): number {
    return this.#failures;
  }

  get isUnreachable(): boolean {
    return this.#options.clock.monotonicMs() < this.#unreachableUntilMs;
  }

  /** The longest duration of a fetch. */
  get longestMs(): number {
    return this.#options.holdMs() + PLAIN_TIMEOUT_MS;
  }

  /** @returns the entry, or as a line why there is none. Never rejects. */
  async fetch(
    url: string,
    request: HttpRequest,
    known: Entry | undefined,
  ): Promise<Entry | string> {
    const { clock, signal } = this.#options;
    const startMs = clock.monotonicMs();
    for (;;) {
      const entry = await this.#once(url, request, known);
      if (typeof entry !== 'string') return entry;
      this.#failures += 1;
      this.#unreachableUntilMs = clock.monotonicMs() + UNREACHABLE_MS;
      if (signal.aborted) return 'this box is stopping';
      // A blocking request goes on waiting, as it would at the origin.
      const waitedMs = clock.monotonicMs() - startMs;
      if (!isAwaited(request) || waitedMs >= this.#options.holdMs()) return entry;
      await pause(clock, RETRY_MS, signal);
    }
  }

  async #once(
    url: string,
    request: HttpRequest,
    known: Entry | undefined,
  ): Promise<Entry | string> {
    const { upstream, loop, clock, signal, varyOf, onAnswer } = this.#options;
    this.#total += 1;
    const timeoutMs = isAwaited(request) ? this.longestMs : PLAIN_TIMEOUT_MS;
    try {
      const { header } = request;
      const loopHeader = loop === undefined ? {} : { 'cdn-loop': loop.append(header) };
      const headers = { ...headersFor(header, varyOf(url), known?.etag), ...loopHeader };
      const answer = await upstream(url, headers, timeoutMs, signal);
      onAnswer?.(request.path, answer.status);
      const nowMs = clock.monotonicMs();
      if (answer.status === 304 && known !== undefined) return revalidated(known, answer, nowMs);
      return isUsable(answer) ? entryOf(answer, nowMs) : `the origin answers ${answer.status}`;
    } catch (cause) {
      const failure = new Error(`the origin cannot be reached: ${messageOf(cause)}`, { cause });
      if (!signal.aborted) onAnswer?.(request.path, failure);
      return failure.message;
    }
  }
}

/** The upstream refuses this edge, and not what one of its guests has asked for. */
const OF_EDGE = [408, 425, 429];

/** Redirections are not followed: they lead to hosts that are not configured. */
function isUsable({ status }: UpstreamAnswer): boolean {
  const isOfGuest = status >= 400 && status < 500 && !OF_EDGE.includes(status);
  return (status >= 200 && status < 300) || isOfGuest;
}
