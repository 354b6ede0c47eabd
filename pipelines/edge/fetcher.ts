import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { HttpRequest } from '../http/handlers.ts';
import type { CdnLoop } from './cdn-loop.ts';
import { confirm, entryOf } from './entry.ts';
import type { Entry } from './store.ts';
import type { Upstream, UpstreamAnswer } from './upstream.ts';
import { headersFor, isAwaited } from './variants.ts';

export interface FetcherOptions {
  readonly upstream: Upstream;
  readonly loop?: CdnLoop;
  readonly clock: Clock;
  /** What players wait for is asked for no longer. */
  readonly holdMs: () => number;
  /** Request headers that an address varies by. */
  readonly varyOf: (url: string) => readonly string[];
  readonly signal: AbortSignal;
  /** Each answer's path and status, or why there was none. */
  readonly onSeen?: (path: string, seen: number | Error) => void;
}

const RETRY_MS = 300;
const AWAY_MS = 1_000;
const PLAIN_TIMEOUT_MS = 5_000;

/** Asks the upstream, again and again for what a player waits for, and counts. */
export class Fetcher {
  readonly #options: FetcherOptions;
  /** The upstream has just failed: until then nobody else need find that out. */
  #awayUntilMs = Number.NEGATIVE_INFINITY;
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

  get isAway(): boolean {
    return this.#options.clock.monotonicMs() < this.#awayUntilMs;
  }

  /** The longest time that a fetch takes. */
  get longestMs(): number {
    return this.#options.holdMs() + PLAIN_TIMEOUT_MS;
  }

  /** @returns why it could not be had, as a line. Never rejects. */
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
      this.#awayUntilMs = clock.monotonicMs() + AWAY_MS;
      if (signal.aborted) return 'this box is stopping';
      // A player that waits for what comes next is kept waiting, as the origin would.
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
    const { upstream, loop, clock, signal, varyOf, onSeen } = this.#options;
    this.#total += 1;
    const timeoutMs = isAwaited(request) ? this.longestMs : PLAIN_TIMEOUT_MS;
    try {
      const { header } = request;
      const named = loop === undefined ? {} : { 'cdn-loop': loop.append(header) };
      const headers = { ...headersFor(header, varyOf(url), known?.etag), ...named };
      const answer = await upstream(url, headers, timeoutMs, signal);
      onSeen?.(request.path, answer.status);
      const nowMs = clock.monotonicMs();
      if (answer.status === 304 && known !== undefined) return confirm(known, answer, nowMs);
      return isUsable(answer) ? entryOf(answer, nowMs) : `the origin answers ${answer.status}`;
    } catch (cause) {
      const failure = new Error(`the origin is away: ${messageOf(cause)}`, { cause });
      if (!signal.aborted) onSeen?.(request.path, failure);
      return failure.message;
    }
  }
}

/** Redirections are not followed: they lead to hosts that nobody configured. */
function isUsable({ status }: UpstreamAnswer): boolean {
  return (status >= 200 && status < 300) || (status >= 400 && status < 500);
}
