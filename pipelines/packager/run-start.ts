/** Where a capture run starts, judged by its first access units. */
import type { ArrivedUnit, TrackKind } from './track.ts';

/** A unit that waits until its run's start is known. */
export interface BufferedUnit {
  readonly trackId: string;
  readonly kind: TrackKind;
  readonly unit: ArrivedUnit;
}

/** The first run starts when every track has this many units, or after WAIT_MAX_US. */
const UNITS_PER_TRACK_MIN = 6;
const WAIT_MIN_US = 250_000;
const WAIT_MAX_US = 2_000_000;
const BUFFERED_UNITS_MAX = 2_000;

/** True when enough units have arrived to place the first run, or it has waited long enough. */
export function canPlaceRun(
  buffered: readonly BufferedUnit[],
  trackIds: readonly string[],
  nowUs: number,
): boolean {
  if (hasWaitedLong(buffered, nowUs)) return true;
  if (nowUs - (buffered[0]?.unit.arrivedUs ?? nowUs) < WAIT_MIN_US) return false;
  return trackIds.every(
    (id) => buffered.filter(({ trackId }) => trackId === id).length >= UNITS_PER_TRACK_MIN,
  );
}

/** True when tracks that have brought nothing are not waited for any more. */
export function hasWaitedLong(buffered: readonly BufferedUnit[], nowUs: number): boolean {
  const waitedUs = nowUs - (buffered[0]?.unit.arrivedUs ?? nowUs);
  return buffered.length >= BUFFERED_UNITS_MAX || waitedUs > WAIT_MAX_US;
}

/** Media time of running time 0, by the unit that arrived with the smallest delay. */
export function originByArrivals(buffered: readonly BufferedUnit[]): number {
  return Math.min(...buffered.map(({ unit }) => unit.arrivedUs - unit.runningUs));
}

/**
 * Running times of the units where each track can start, not before `notBeforeUs`: of
 * video its first key frame.
 */
export function findStarts(
  buffered: readonly BufferedUnit[],
  kind: TrackKind,
  notBeforeUs: number,
): ReadonlyMap<string, number> {
  const starts = new Map<string, number>();
  for (const { trackId, kind: of, unit } of buffered) {
    const canStart = of === kind && (kind === 'audio' || unit.isKeyframe);
    if (!canStart || unit.runningUs < notBeforeUs || starts.has(trackId)) continue;
    starts.set(trackId, unit.runningUs);
  }
  return starts;
}

/** Running time at which a run starts: at its first key frame, or without video at its first audio. */
export function findStart(buffered: readonly BufferedUnit[], notBeforeUs: number): number {
  const keyframes = findStarts(buffered, 'video', notBeforeUs);
  const starts = keyframes.size > 0 ? keyframes : findStarts(buffered, 'audio', notBeforeUs);
  return Math.max(...starts.values());
}
