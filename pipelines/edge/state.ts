/** What an edge reports: its figures, and how its upstream is. */
import { LOOP_DETECTED } from './cdn-loop.ts';

export interface EdgeFigures {
  readonly requestsTotal: number;
  /** Answered from memory, fresh or stale. */
  readonly hitsTotal: number;
  /** Answered by a fetch that another request had started. */
  readonly collapsedTotal: number;
  readonly upstreamTotal: number;
  readonly upstreamFailuresTotal: number;
  readonly staleTotal: number;
  readonly heldBytes: number;
}

/**
 * How the upstream is.
 *
 * - `asking`: it has not answered yet.
 * - `live`: it sends its stream.
 * - `waiting`: it answers, and has no stream now.
 * - `away`: it cannot be reached.
 */
export interface UpstreamState {
  readonly phase: 'asking' | 'live' | 'waiting' | 'away';
  /** Why it is not live; or which feature of it an edge does not support. */
  readonly reason?: string;
}

/** Sent once a second with the media figures. */
export interface EdgeReport extends EdgeFigures {
  readonly upstream: UpstreamState & { readonly url: string };
}

/** The share of requests without a request upstream, 0 to 1; undefined before the first one. */
export function hitRatioOf({ requestsTotal, hitsTotal, collapsedTotal }: EdgeFigures) {
  return requestsTotal === 0 ? undefined : (hitsTotal + collapsedTotal) / requestsTotal;
}

export const MAIN_PLAYLIST = '/live/index.m3u8';
const REASON_MAX_CHARS = 160;
/** Bad gateway and gateway timeout: a cache in between cannot reach the origin. */
const GATEWAY_FAILED: readonly number[] = [502, 504];

/** Follows how the upstream is, by its answers. */
export class UpstreamMonitor {
  #state: UpstreamState = { phase: 'asking' };
  #answeredMs = Number.NEGATIVE_INFINITY;

  get state(): UpstreamState {
    return this.#state;
  }

  /** When the upstream last answered, or failed. */
  get answeredMs(): number {
    return this.#answeredMs;
  }

  add(path: string, answer: number | Error, unsupported: string | undefined, nowMs: number): void {
    this.#state = stepUpstream(this.#state, path, answer, unsupported);
    this.#answeredMs = nowMs;
  }
}

/**
 * @param answer An HTTP status, or why there is none.
 * @param unsupported A feature of its playlists that an edge does not support: see `findUnsupported`.
 */
export function stepUpstream(
  before: UpstreamState,
  path: string,
  answer: number | Error,
  unsupported?: string,
): UpstreamState {
  if (typeof answer !== 'number') {
    return { phase: 'away', reason: answer.message.slice(0, REASON_MAX_CHARS) };
  }
  if (answer === LOOP_DETECTED)
    return { phase: 'away', reason: 'it is this box itself; set edge.upstream to another one' };
  const reason = `it answers ${answer}`;
  if (GATEWAY_FAILED.includes(answer)) return { phase: 'away', reason };
  if (answer < 300 || answer === 304)
    return path.startsWith('/live/') ? liveWith(unsupported) : before;
  // A part may have expired; a main playlist that is missing means that there is no stream.
  if (path === MAIN_PLAYLIST) return { phase: 'waiting', reason };
  return before.phase === 'away' ? { phase: 'waiting', reason } : before;
}

function liveWith(unsupported: string | undefined): UpstreamState {
  return unsupported === undefined ? { phase: 'live' } : { phase: 'live', reason: unsupported };
}
