import { LOOP_DETECTED } from './cdn-loop.ts';

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
  /** Why it is not live; or what of it cannot be passed on, so that it does not play here. */
  readonly reason?: string;
}

/** Once a second, among the media figures. */
export interface EdgeReport extends EdgeFigures {
  readonly upstream: UpstreamState & { readonly url: string };
}

/** Requests that cost the upstream nothing, 0 to 1; undefined before the first one. */
export function hitRatioOf({ requestsTotal, hitsTotal, collapsedTotal }: EdgeFigures) {
  return requestsTotal === 0 ? undefined : (hitsTotal + collapsedTotal) / requestsTotal;
}

export const MAIN_PLAYLIST = '/live/index.m3u8';
const REASON_MAX_CHARS = 160;
/** Bad gateway and gateway timeout: another cache says that the origin is away. */
const GATEWAY_FAILED: readonly number[] = [502, 504];

/**
 * @param seen A status, or why there is none.
 * @param lack What of its playlists cannot be passed on: see `lackOf`.
 */
export function stepUpstream(
  before: UpstreamState,
  path: string,
  seen: number | Error,
  lack?: string,
): UpstreamState {
  if (typeof seen !== 'number') {
    return { phase: 'away', reason: seen.message.slice(0, REASON_MAX_CHARS) };
  }
  if (seen === LOOP_DETECTED) return { phase: 'away', reason: 'it is this box itself' };
  const reason = `it answers ${seen}`;
  if (GATEWAY_FAILED.includes(seen)) return { phase: 'away', reason };
  if (seen < 300 || seen === 304) return path.startsWith('/live/') ? liveWith(lack) : before;
  // A part that is gone says nothing; a main playlist that is not there does.
  if (path === MAIN_PLAYLIST) return { phase: 'waiting', reason };
  return before.phase === 'away' ? { phase: 'waiting', reason } : before;
}

function liveWith(lack: string | undefined): UpstreamState {
  return lack === undefined ? { phase: 'live' } : { phase: 'live', reason: lack };
}
