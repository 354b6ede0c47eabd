/** The beacon that a page sends, within the limits that the box accepts. */
import type { Beacon } from '../../origin/viewers.ts';

const TIME_MAX_MS = 600_000;
const STALLS_MAX = 10_000;
const SWITCHES_MAX = 10_000;
/** What a guest can tap in some minutes without the box; the box counts fewer. */
const HEARTS_MAX = 1_000;

/** A time measured between two clocks; undefined where it is impossible. */
export function possibleMs(ms: number): number | undefined {
  return ms >= 0 && ms <= TIME_MAX_MS ? ms : undefined;
}

/**
 * The box rejects a beacon with any value outside its limits, so an impossible latency
 * is left out and other values are limited.
 */
export function renderBeacon({
  rendition,
  startupMs,
  latencyMs,
  switches,
  hearts,
  ...seen
}: Beacon): Beacon {
  const possible = possibleMs(latencyMs ?? Number.NaN);
  return {
    ...seen,
    rendition: /^[\w-]{0,32}$/.test(rendition) ? rendition : '',
    stalls: Math.floor(within(seen.stalls, STALLS_MAX)),
    stalledMs: within(seen.stalledMs, TIME_MAX_MS),
    ...(switches === undefined ? {} : { switches: Math.floor(within(switches, SWITCHES_MAX)) }),
    ...(hearts === undefined ? {} : { hearts: Math.floor(within(hearts, HEARTS_MAX)) }),
    ...(startupMs === undefined ? {} : { startupMs: within(startupMs, TIME_MAX_MS) }),
    ...(possible === undefined ? {} : { latencyMs: possible }),
  };
}

function within(value: number, max: number): number {
  return Number.isNaN(value) ? 0 : Math.min(max, Math.max(0, value));
}
