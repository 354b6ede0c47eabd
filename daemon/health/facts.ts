/** What the rules look at: the snapshot, and what shows only over time. */
import type { SourceKind } from '../../pipelines/capture/messages.ts';
import type { Levels } from '../../pipelines/media/levels.ts';
import type { StalledTrack } from '../../pipelines/media/publication.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { isStalled, type MediaStall, startMediaStall, stepMediaStall } from './media-stall.ts';
import { STALE_MS } from './thresholds.ts';

export interface Facts {
  readonly box: BoxSnapshot;
  /** Age of the figures; undefined where there are none. */
  readonly ageMs: Readonly<Record<Watched, number | undefined>>;
  /** The media process runs and does not report. */
  readonly isMediaStalled: boolean;
  /** Children that are down between two tries, or fail again and again. */
  readonly failing: readonly string[];
  /** Children that died since the last poll, though the box had not ended them. */
  readonly died: readonly string[];
  /** Recorders that died while they recorded, since the last poll. */
  readonly lostRecorders: readonly LostRecorder[];
  /** The track of which viewers get no part, by a media process that reports. */
  readonly stalledTrack: StalledTrack | undefined;
  /** For how long frames have come and no part of them. */
  readonly partlessMs: number;
  /** The loudest peak of each channel since the last poll, in dBFS. */
  readonly peakDbfs: readonly number[] | undefined;
  /** Viewers that were turned away since the last poll. */
  readonly refused: number;
}

export interface LostRecorder {
  /** Of its target. */
  readonly id: string;
  readonly folder: string;
  readonly reason: string;
}

/** What was received between two polls. */
export interface Received {
  /** In dBFS; undefined where there was none. */
  readonly peakDbfs: readonly number[] | undefined;
  readonly lostRecorders: readonly LostRecorder[];
}

export const NOTHING_RECEIVED: Received = { peakDbfs: undefined, lostRecorders: [] };

const WATCHED = ['levels', 'uplink'] as const;
type Watched = (typeof WATCHED)[number];

/** A busy machine takes ten seconds and more to load the media process. */
const MEDIA_LIMITS = { reportMs: STALE_MS, loadMs: 30_000 };

/** A restart takes a second; a child that fails this often within a minute is down. */
const MAX_FAILURES = 3;
const FAILURES_WITHIN_MS = 60_000;
/** After so long without another failure it runs again. */
const HEALTHY_MS = 10_000;
/** A source that sends nothing loads, connects, and fails only after ten seconds of silence. */
const SOURCE_HEALTHY_MS = 30_000;
const SOURCES: ReadonlySet<string> = new Set(['camera', 'camera2', 'sound'] satisfies SourceKind[]);

/** What is remembered from poll to poll. */
export interface History {
  readonly seen: Readonly<
    Partial<Record<Watched, { readonly value: unknown; readonly atMs: number }>>
  >;
  readonly mediaStall: MediaStall | undefined;
  readonly failuresTotal: Readonly<Record<string, number>>;
  /** Times of each child's last failures. */
  readonly failedMs: Readonly<Record<string, readonly number[]>>;
  readonly refusedTotal: number | undefined;
  readonly diedTotal: Readonly<Record<string, number>>;
  /** The count of parts, and when it last grew or had no reason to. */
  readonly parts: { readonly total: number; readonly atMs: number } | undefined;
}

export const NO_HISTORY: History = {
  seen: {},
  mediaStall: undefined,
  failuresTotal: {},
  failedMs: {},
  refusedTotal: undefined,
  diedTotal: {},
  parts: undefined,
};

/**
 * Takes one snapshot. Figures that are the very same object as before are old ones: a
 * child that has stalled still runs, and does not report.
 */
export function watchFacts(
  before: History,
  box: BoxSnapshot,
  { peakDbfs = box.levels?.peakDbfs, lostRecorders }: Received,
  nowMs: number,
): { readonly history: History; readonly facts: Facts } {
  const seen = Object.fromEntries(
    WATCHED.map((name) => {
      const known = before.seen[name];
      const value = box[name];
      return [name, known?.value === value && known ? known : { value, atMs: nowMs }];
    }),
  ) as Record<Watched, { value: unknown; atMs: number }>;
  const refusedTotal = box.media?.http.refusedTotal;
  const refused = Math.max(0, (refusedTotal ?? 0) - (before.refusedTotal ?? refusedTotal ?? 0));
  const mediaStall = stepMediaStall(before.mediaStall ?? startMediaStall(nowMs), box, nowMs);
  const history: History = {
    seen,
    mediaStall,
    failedMs: noteFailures(before, box, nowMs),
    failuresTotal: totalsOf(box, ({ failuresTotal = 0 }) => failuresTotal),
    refusedTotal,
    diedTotal: totalsOf(box, ({ diedTotal = 0 }) => diedTotal),
    parts: countParts(before, box, mediaStall.hasReported, nowMs),
  };
  const died = Object.entries(history.diedTotal)
    .filter(([name, total]) => total > (before.diedTotal[name] ?? 0))
    .map(([name]) => name);
  const ageMs = Object.fromEntries(
    WATCHED.map((name) => [name, box[name] === undefined ? undefined : nowMs - seen[name].atMs]),
  ) as Facts['ageMs'];
  const partlessMs = nowMs - (history.parts?.atMs ?? nowMs);
  const stalledTrack = mediaStall.hasReported ? box.media?.stalled : undefined;
  const isMediaStalled = isStalled(mediaStall, MEDIA_LIMITS, nowMs);
  const failing = failingOf(history, box, nowMs);
  const recent = { failing, died, lostRecorders, peakDbfs, refused };
  return { history, facts: { box, ageMs, isMediaStalled, partlessMs, stalledTrack, ...recent } };
}

function totalsOf(
  { children }: BoxSnapshot,
  count: (child: BoxSnapshot['children'][string]) => number,
): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(children).map(([name, child]) => [name, count(child)]));
}

function countParts(
  { parts }: History,
  { media }: BoxSnapshot,
  hasReported: boolean,
  nowMs: number,
): History['parts'] {
  const total = media?.partsTotal ?? 0;
  // An edge makes no parts: it shows another box's.
  const makesParts = hasReported && media?.isFlowing === true && media.edge === undefined;
  const isSame = makesParts && total === parts?.total;
  return isSame ? parts : { total, atMs: nowMs };
}

function noteFailures(before: History, { children }: BoxSnapshot, nowMs: number) {
  return Object.fromEntries(
    Object.entries(children).map(([name, { failuresTotal = 0 }]) => {
      const since = failuresTotal - (before.failuresTotal[name] ?? failuresTotal);
      const added = Array.from({ length: Math.min(Math.max(0, since), MAX_FAILURES) }, () => nowMs);
      const recent = [...(before.failedMs[name] ?? []), ...added].slice(-MAX_FAILURES);
      return [name, recent.filter((atMs) => nowMs - atMs < FAILURES_WITHIN_MS)];
    }),
  );
}

function failingOf({ failedMs }: History, { children }: BoxSnapshot, nowMs: number) {
  return Object.entries(children)
    .filter(([name, { phase }]) => {
      const times = failedMs[name] ?? [];
      const healthyMs = SOURCES.has(name) ? SOURCE_HEALTHY_MS : HEALTHY_MS;
      const isFailingAgain =
        times.length >= MAX_FAILURES && nowMs - (times.at(-1) ?? 0) < healthyMs;
      return phase === 'pausing' || (phase === 'running' && isFailingAgain);
    })
    .map(([name]) => name);
}

/** Recorders that recorded before and have failed now. */
export function recordersLost(
  before: BoxSnapshot['recording'],
  now: BoxSnapshot['recording'],
): readonly LostRecorder[] {
  const wasRecording = (id: string) =>
    before.some((target) => target.id === id && target.phase === 'recording');
  return now
    .filter(({ id, phase }) => phase === 'failed' && wasRecording(id))
    .map(({ id, folder, reason = 'it failed' }) => ({ id, folder, reason }));
}

/** The louder of two peaks, channel by channel. */
export function louder(
  before: readonly number[] | undefined,
  { peakDbfs }: Levels,
): readonly number[] {
  return peakDbfs.map((peak, channel) => Math.max(peak, before?.[channel] ?? -Infinity));
}
