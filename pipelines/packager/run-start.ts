/** Where a capture run starts, judged by its first access units. */
import type { FirstUnit, Stamping } from './timeline.ts';
import type { ArrivedUnit, TrackKind } from './track.ts';

/** A unit that waits until its run's start is known. */
export interface BufferedUnit {
  readonly trackId: string;
  readonly kind: TrackKind;
  readonly unit: ArrivedUnit;
}

/** A run starts when every track has this many units, or after WAIT_MAX_US. */
const UNITS_PER_TRACK_MIN = 6;
const WAIT_MIN_US = 250_000;
const WAIT_MAX_US = 2_000_000;
const BUFFERED_UNITS_MAX = 2_000;

/** True when enough units have arrived to place the run, or it has waited long enough. */
export function canPlaceRun(
  buffered: readonly BufferedUnit[],
  trackIds: readonly string[],
  nowUs: number,
): boolean {
  const waitedUs = nowUs - (buffered[0]?.unit.arrivedUs ?? nowUs);
  if (buffered.length >= BUFFERED_UNITS_MAX || waitedUs > WAIT_MAX_US) return true;
  if (waitedUs < WAIT_MIN_US) return false;
  return trackIds.every(
    (id) => buffered.filter(({ trackId }) => trackId === id).length >= UNITS_PER_TRACK_MIN,
  );
}

/** For each group its first running time, with the smallest lag of its units. */
export function findFirstUnits(
  buffered: readonly BufferedUnit[],
  stampings: Readonly<Record<TrackKind, Stamping>>,
): readonly FirstUnit[] {
  const firsts = new Map<TrackKind, FirstUnit>();
  for (const { kind: group, unit } of buffered) {
    const known = firsts.get(group);
    const runningUs = Math.min(known?.runningUs ?? unit.runningUs, unit.runningUs);
    const lagUs = Math.min(
      known === undefined ? Number.POSITIVE_INFINITY : known.arrivedUs - known.runningUs,
      unit.arrivedUs - unit.runningUs,
    );
    const stamping = stampings[group];
    firsts.set(group, { group, stamping, runningUs, arrivedUs: runningUs + lagUs });
  }
  return [...firsts.values()];
}

/** Media time at which a run starts: at its first key frame, or without video at its first audio. */
export function findStart(
  buffered: readonly BufferedUnit[],
  firsts: readonly FirstUnit[],
  origins: ReadonlyMap<string, number>,
): number {
  const firstKeyframes = new Map<string, number>();
  for (const { trackId, kind, unit } of buffered) {
    if (kind !== 'video' || !unit.isKeyframe || firstKeyframes.has(trackId)) continue;
    firstKeyframes.set(trackId, unit.runningUs);
  }
  if (firstKeyframes.size > 0) {
    return Math.max(...firstKeyframes.values()) + (origins.get('video') ?? 0);
  }
  return Math.max(...firsts.map(({ group, runningUs }) => (origins.get(group) ?? 0) + runningUs));
}
