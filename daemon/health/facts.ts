import type { Levels } from '../../pipelines/media/levels.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { isHung, type MediaVoice, startMediaVoice, stepMediaVoice } from './media-silence.ts';

/** The box, and what only watching it over time shows. */
export interface Facts {
  readonly box: BoxSnapshot;
  /** Time since the figures last came anew; undefined where there are none. */
  readonly ageMs: Readonly<Record<Told, number | undefined>>;
  /** The media process runs and says nothing. */
  readonly isMediaHung: boolean;
  /** Restarts of each child within {@link RESTARTS_WITHIN_MS}. */
  readonly restarts: Readonly<Record<string, number>>;
  /** Children that died since the last look, though nobody had ended them. */
  readonly died: readonly string[];
  /** Recorders that died while they recorded, since the last look. */
  readonly lostRecorders: readonly LostRecorder[];
  /** For how long frames have come and no part of them. */
  readonly partlessMs: number;
  /** The loudest peak of each channel since the last look, in dBFS. */
  readonly peakDbfs: readonly number[] | undefined;
  /** Viewers that were turned away since the last look. */
  readonly refused: number;
}

export interface LostRecorder {
  /** Of its target. */
  readonly id: string;
  readonly folder: string;
  readonly reason: string;
}

/** What came in between two looks. */
export interface Heard {
  /** In dBFS; undefined where there was none. */
  readonly peakDbfs: readonly number[] | undefined;
  readonly lostRecorders: readonly LostRecorder[];
}

export const NOTHING_HEARD: Heard = { peakDbfs: undefined, lostRecorders: [] };

const TOLD = ['levels', 'uplink'] as const;
type Told = (typeof TOLD)[number];

/** A starved machine loads the media process in ten seconds and more. */
const MEDIA_PATIENCE = { silentMs: 5_000, loadsMs: 30_000 };

export const RESTARTS_WITHIN_MS = 60_000;
const MOST_RESTARTS = 16;

/** What is kept from look to look. */
export interface Watching {
  readonly seen: Readonly<
    Partial<Record<Told, { readonly value: unknown; readonly atMs: number }>>
  >;
  readonly voice: MediaVoice | undefined;
  readonly restartsTotal: Readonly<Record<string, number>>;
  readonly restartedMs: Readonly<Record<string, readonly number[]>>;
  readonly refusedTotal: number | undefined;
  readonly diedTotal: Readonly<Record<string, number>>;
  /** The count of parts, and when it last grew or had no reason to. */
  readonly parts: { readonly total: number; readonly atMs: number } | undefined;
}

export const NOTHING_SEEN: Watching = {
  seen: {},
  voice: undefined,
  restartsTotal: {},
  restartedMs: {},
  refusedTotal: undefined,
  diedTotal: {},
  parts: undefined,
};

/**
 * Looks once. Figures that are the very same object as before are old ones: a
 * child that hangs is still running, and says nothing.
 */
export function watchFacts(
  before: Watching,
  box: BoxSnapshot,
  heard: Heard,
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
  const voice = stepMediaVoice(before.voice ?? startMediaVoice(nowMs), box, nowMs);
  const watching: Watching = {
    seen,
    voice,
    restartedMs,
    restartsTotal: Object.fromEntries(
      Object.entries(box.children).map(([name, child]) => [name, child.restartsTotal]),
    ),
    refusedTotal,
    diedTotal: Object.fromEntries(
      Object.entries(box.children).map(([name, { diedTotal = 0 }]) => [name, diedTotal]),
    ),
    parts: countParts(before, box, voice.hasSpoken, nowMs),
  };
  const died = Object.entries(watching.diedTotal)
    .filter(([name, total]) => total > (before.diedTotal[name] ?? 0))
    .map(([name]) => name);
  const ageMs = Object.fromEntries(
    TOLD.map((name) => [name, box[name] === undefined ? undefined : nowMs - seen[name].atMs]),
  ) as Facts['ageMs'];
  const restarts = Object.fromEntries(
    Object.entries(restartedMs).map(([name, times]) => [name, times.length]),
  );
  const partlessMs = nowMs - (watching.parts?.atMs ?? nowMs);
  const { lostRecorders } = heard;
  const peakDbfs = heard.peakDbfs ?? peaksOf(box);
  const isMediaHung = isHung(voice, MEDIA_PATIENCE, nowMs);
  const recently = { restarts, died, lostRecorders, peakDbfs, refused };
  return { watching, facts: { box, ageMs, isMediaHung, partlessMs, ...recently } };
}

function countParts(
  { parts }: Watching,
  { media }: BoxSnapshot,
  hasSpoken: boolean,
  nowMs: number,
) {
  const total = media?.partsTotal ?? 0;
  // An edge makes no parts: it shows another box's.
  const makesParts = hasSpoken && media?.isFlowing === true && media.edge === undefined;
  const isStill = makesParts && total === parts?.total;
  return isStill ? parts : { total, atMs: nowMs };
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

/** The louder of both, channel by channel. */
export function louder(
  before: readonly number[] | undefined,
  { peakDbfs }: Levels,
): readonly number[] {
  return peakDbfs.map((peak, channel) => Math.max(peak, before?.[channel] ?? -Infinity));
}
