/** The time at which the box was started. */
import type { Clock } from '../../hal/os/clock.ts';

/** A clock that is disciplined drifts by less; what steps by more was set. */
const MAX_DRIFT_MS = 2_000;

/**
 * Returns when the box was started (RFC 3339), by the clock as it is now: a Pi has none of its
 * own, and the network sets it minutes after the start.
 */
export function trackStartedAt(clock: Clock): () => string {
  const startedMs = clock.monotonicMs();
  let atMs = clock.wallMs();
  return () => {
    const nowMs = clock.wallMs() - (clock.monotonicMs() - startedMs);
    if (Math.abs(nowMs - atMs) > MAX_DRIFT_MS) atMs = nowMs;
    return new Date(atMs).toISOString();
  };
}
