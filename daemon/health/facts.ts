import type { Levels } from '../../pipelines/media/levels.ts';
import type { BoxSnapshot } from '../snapshot.ts';

/** The box, and what only watching it over time shows. */
export interface Facts {
  readonly box: BoxSnapshot;
  /** Time since the figures last came anew; undefined where there are none. */
  readonly ageMs: Readonly<Record<Told, number | undefined>>;
  /** Restarts of each child within {@link RESTARTS_WITHIN_MS}. */
  readonly restarts: Readonly<Record<string, number>>;
  /** The loudest peak of each channel since the last look, in dBFS. */
  readonly peakDbfs: readonly number[] | undefined;
  /** Viewers that were turned away since the last look. */
  readonly refused: number;
}

const TOLD = ['media', 'levels', 'uplink'] as const;
type Told = (typeof TOLD)[number];

export const RESTARTS_WITHIN_MS = 60_000;
const MOST_RESTARTS = 16;

/** What is kept from look to look. */
export interface Watching {
  readonly seen: Readonly<
    Partial<Record<Told, { readonly value: unknown; readonly atMs: number }>>
  >;
  readonly restartsTotal: Readonly<Record<string, number>>;
  readonly restartedMs: Readonly<Record<string, readonly number[]>>;
  readonly refusedTotal: number | undefined;
}

export const NOTHING_SEEN: Watching = {
  seen: {},
  restartsTotal: {},
  restartedMs: {},
  refusedTotal: undefined,
};

/**
 * Looks once. Figures that are the very same object as before are old ones: a
 * child that hangs is still running, and says nothing.
 */
export function watchFacts(
  before: Watching,
  box: BoxSnapshot,
  heard: readonly number[] | undefined,
  nowMs: number,
): { readonly watching: Watching; readonly facts: Facts } {
  const seen = Object.fromEntries(
    TOLD.map((name) => {
      const known = before.seen[name];
      const value = box[name];
      return [name, known?.value === value && known ? known : { value, atMs: nowMs }];
    }),
  ) as Record<Told, { value: unknown; atMs: number }>;
  const restartedMs = countRestarts(before, box, nowMs);
  const refusedTotal = box.media?.http.refusedTotal;
  const refused = Math.max(0, (refusedTotal ?? 0) - (before.refusedTotal ?? refusedTotal ?? 0));
  const watching: Watching = {
    seen,
    restartedMs,
    restartsTotal: Object.fromEntries(
      Object.entries(box.children).map(([name, child]) => [name, child.restartsTotal]),
    ),
    refusedTotal,
  };
  const ageMs = Object.fromEntries(
    TOLD.map((name) => [name, box[name] === undefined ? undefined : nowMs - seen[name].atMs]),
  ) as Facts['ageMs'];
  const restarts = Object.fromEntries(
    Object.entries(restartedMs).map(([name, times]) => [name, times.length]),
  );
  return { watching, facts: { box, ageMs, restarts, peakDbfs: heard ?? peaksOf(box), refused } };
}

function countRestarts(before: Watching, box: BoxSnapshot, nowMs: number) {
  return Object.fromEntries(
    Object.entries(box.children).map(([name, { restartsTotal }]) => {
      const since = restartsTotal - (before.restartsTotal[name] ?? restartsTotal);
      const added = Array.from(
        { length: Math.min(Math.max(0, since), MOST_RESTARTS) },
        () => nowMs,
      );
      const recent = [...(before.restartedMs[name] ?? []), ...added];
      const within = recent.filter((atMs) => nowMs - atMs < RESTARTS_WITHIN_MS);
      return [name, within.slice(-MOST_RESTARTS)];
    }),
  );
}

function peaksOf({ levels }: BoxSnapshot): readonly number[] | undefined {
  return levels?.peakDbfs;
}

/** The louder of both, channel by channel. */
export function louder(
  before: readonly number[] | undefined,
  { peakDbfs }: Levels,
): readonly number[] {
  return peakDbfs.map((peak, channel) => Math.max(peak, before?.[channel] ?? -Infinity));
}
