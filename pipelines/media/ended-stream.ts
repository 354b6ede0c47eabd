/** The end of a drop, saved for a media process that starts while viewers still play it. */
import { readFileSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { anySignal, pause } from '../../hal/os/async.ts';
import { type Clock, systemClock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { removeFile, saveFile } from '../../hal/os/save-file.ts';
import { RenditionWindow, type Segment } from '../hls/window.ts';
import type { Published } from '../origin/origin.ts';
import { shownOf, type Track } from '../packager/track.ts';
import { SERVED_MAX_MS } from './media-clock.ts';

export interface EndedSettings {
  readonly file: string;
  /** The process before has ended this stream; it is to be served on. */
  readonly isServed: boolean;
}

export interface EndedStream {
  /** What this process serves; undefined: a stream of its own. */
  readonly published: Published | undefined;
  /** The stream of this process is over. Never rejects. */
  store(published: Published): Promise<void>;
}

/** Half a minute of 4 Mb/s has 15 MB. Of a longer list, or more, the end is saved. */
const BYTES_MAX = 64_000_000;
/** Recordings and the box itself need the rest. */
const FREE_MIN_BYTES = 200_000_000;
const VERSION = 1;

type SavedTrack = Pick<Track, 'id' | 'kind' | 'format'> & {
  readonly discontinuitySequence: number;
  readonly segments: readonly Segment[];
  readonly inits: readonly (readonly [id: string, bytes: Buffer])[];
  /** The rendition that new viewers are offered in its place. */
  readonly offered: string;
};

type Saved = Pick<Published, 'limits' | 'epochMs'> & {
  readonly v: typeof VERSION;
  readonly tracks: readonly SavedTrack[];
  readonly dateRanges: ReturnType<Published['dateRanges']>;
};

export interface EndedDeps {
  readonly clock?: Clock;
  /** The process ends. */
  readonly signal?: AbortSignal;
  /** Of a folder's disk. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

export function openEndedStream(
  { file, isServed }: EndedSettings,
  log: Log,
  { clock = systemClock, signal, freeBytes = freeBytesOf }: EndedDeps = {},
): EndedStream {
  const published = isServed ? read(file, log) : undefined;
  let waiting = new AbortController();
  const forgetLater = async (): Promise<void> => {
    if (signal === undefined) return;
    waiting = new AbortController();
    using ends = anySignal(signal, waiting.signal);
    if (await pause(clock, SERVED_MAX_MS, ends.signal)) forget(file);
  };
  if (published === undefined) forget(file);
  else void forgetLater();
  return {
    published,
    store: async (ended) => {
      // The time of the one before is not that of this one.
      waiting.abort();
      try {
        // The one before may be as large, and the disk full.
        await removeFile(file);
        if ((await freeBytes(dirname(file))) < FREE_MIN_BYTES) throw new Error('the disk is full');
        await saveFile(file, renderEnded(ended));
      } catch (error) {
        log.warn('end of the drop not saved', { reason: messageOf(error) });
      }
      void forgetLater();
    },
  };
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function read(file: string, log: Log): Published | undefined {
  try {
    return readEnded(readFileSync(file));
  } catch (error) {
    log.warn('end of the drop not served', { reason: messageOf(error) });
    return undefined;
  }
}

/** With what is left of saving it, where that was killed. */
function forget(file: string): void {
  try {
    for (const path of [file, `${file}.new`]) rmSync(path, { force: true });
  } catch {
    // It is overwritten at the next end.
  }
}

/** Listed segments of all tracks, with their init sections. */
export function renderEnded(published: Published): Buffer {
  const { limits, epochMs, substitutes } = published;
  const tracks = shownOf(published.tracks());
  const fromMsn = firstWithin(tracks);
  const saved: Saved = {
    v: VERSION,
    ...{ limits, epochMs, dateRanges: published.dateRanges() },
    tracks: tracks.map(({ id, kind, format, window }) => {
      const listed = window.listed();
      const segments = listed.filter(({ msn, isComplete }) => msn >= fromMsn && isComplete);
      const before = listed.filter(({ msn, isDiscontinuity }) => msn < fromMsn && isDiscontinuity);
      const initIds = [...new Set(segments.flatMap(({ initId }) => initId ?? []))];
      return {
        ...{ id, kind, format, segments, offered: substitutes.offeredFor(id) },
        discontinuitySequence: window.discontinuitySequence + before.length,
        inits: initIds.map((one) => [one, window.init(one) ?? Buffer.alloc(0)] as const),
      };
    }),
  };
  return serialize(saved);
}

/** The first segment from which all tracks together have no more bytes than may be saved. */
function firstWithin(tracks: readonly Track[]): number {
  const bytes = new Map<number, number>();
  for (const { msn, parts } of tracks.flatMap(({ window }) => window.listed())) {
    const own = parts.reduce((sum, part) => sum + (part.bytes?.length ?? 0), 0);
    bytes.set(msn, (bytes.get(msn) ?? 0) + own);
  }
  let [left, first] = [BYTES_MAX, Number.POSITIVE_INFINITY];
  for (const [msn, own] of [...bytes].toSorted(([a], [b]) => b - a)) {
    left -= own;
    if (left < 0) break;
    first = msn;
  }
  return first;
}

/** @throws Error for what is none. */
export function readEnded(bytes: Buffer): Published {
  const { v, limits, epochMs, tracks, dateRanges } = deserialize(bytes) as Saved;
  if (v !== VERSION) throw new Error('it is of another version');
  const restored = tracks.map((track) => restore(track, limits));
  const offered = new Map(tracks.map((track) => [track.id, track.offered]));
  return {
    ...{ limits, epochMs },
    tracks: () => restored,
    dateRanges: () => dateRanges,
    removedDateRangeIds: () => [],
    substitutes: { offeredFor: (id) => offered.get(id) ?? id },
  };
}

function restore(saved: SavedTrack, limits: Published['limits']): Track {
  const { id, kind, format, discontinuitySequence, segments, inits } = saved;
  // All that was listed stays so.
  const endless = { ...limits, windowS: Number.POSITIVE_INFINITY };
  const window = new RenditionWindow(endless, discontinuitySequence);
  for (const [initId, bytes] of inits) window.addInit(initId, Buffer.from(bytes));
  for (const { msn, startUs, isDiscontinuity, initId, parts } of segments) {
    window.open({ msn, startUs, isDiscontinuity, initId });
    for (const part of parts) {
      window.addPart({ ...part, bytes: part.bytes && Buffer.from(part.bytes) });
    }
    window.close(0);
  }
  window.end(0);
  return { id, kind, isHidden: false, window, format };
}
