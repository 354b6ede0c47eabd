/** Which files of the far end fill a gap: byte ranges of recordings, and a playlist. Pure. */
import type { Journal } from '../recording/files/journal.ts';
import { type ReplaySegment, SegmentGrouper } from '../recording/replay-segments.ts';
import type { Gap } from './gaps.ts';

export interface JournalOf {
  /** Without an ending. */
  readonly name: string;
  readonly journal: Journal;
}

/** One file of the far end. */
export type Piece = {
  /** Below the box's name. */
  readonly path: string;
} & (
  | {
      /** These bytes of the recording. */
      readonly from: { readonly name: string; readonly offset: number; readonly bytes: number };
    }
  | { readonly text: string }
);

/** What is known of a recording so far. */
interface Covered {
  readonly name: string;
  readonly journal: Journal;
  readonly segments: readonly ReplaySegment[];
  /** Unix times of its media. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A playlist that lists more is no longer a gap. */
const SEGMENTS_MAX = 4_000;

/**
 * The files for a gap, the same ones and in the same order each time. Undefined while its end is not
 * on the disk yet; none where no recording has any of it.
 *
 * @param recordings Of one folder, the oldest first.
 * @param isOver No more is recorded now.
 */
export function planPieces(
  { fromMs, untilMs }: Gap,
  recordings: readonly JournalOf[],
  isOver: boolean,
): readonly Piece[] | undefined {
  if (untilMs === undefined) return undefined;
  const covered = recordings
    .map(coverOf)
    .filter((one) => one.fromMs < untilMs && one.untilMs > fromMs);
  const isRecorded = covered.some((one) => one.untilMs >= untilMs);
  if (!isRecorded && !isOver) return undefined;
  return covered.flatMap((one) => piecesOf(one, fromMs, untilMs));
}

function coverOf({ name, journal }: JournalOf): Covered {
  const { open, fragments, end } = journal;
  const grouper = new SegmentGrouper(open.headerBytes);
  const complete = grouper.add(fragments);
  const segments = end === undefined ? complete : [...complete, ...grouper.end()];
  const at = (mediaUs: number) => open.epochMs + mediaUs / 1000;
  const [first, last] = [segments[0], segments.at(-1)];
  const fromMs = first === undefined ? 0 : at(first.startUs);
  const untilMs = last === undefined ? 0 : at(last.startUs + last.durationUs);
  return { name, journal, segments, fromMs, untilMs };
}

function piecesOf(
  { name, journal, segments }: Covered,
  fromMs: number,
  untilMs: number,
): readonly Piece[] {
  const { epochMs, headerBytes } = journal.open;
  const wanted = segments
    .filter(({ startUs, durationUs }) => {
      const startMs = epochMs + startUs / 1000;
      return startMs < untilMs && startMs + durationUs / 1000 > fromMs;
    })
    .slice(0, SEGMENTS_MAX);
  if (wanted.length === 0) return [];
  const header = { path: `${name}/init.mp4`, from: { name, offset: 0, bytes: headerBytes } };
  const media = wanted.map(({ offset, bytes }) => ({
    path: `${name}/${fileOf(offset)}`,
    from: { name, offset, bytes },
  }));
  const stem = `gap-${basicTime(epochMs + (wanted[0]?.startUs ?? 0) / 1000)}`;
  const playlist = { path: `${name}/${stem}.m3u8`, text: renderPlaylist(wanted, epochMs) };
  return [header, ...media, playlist];
}

function fileOf(offset: number): string {
  return `${String(offset).padStart(12, '0')}.m4s`;
}

function basicTime(wallMs: number): string {
  return new Date(Math.round(wallMs)).toISOString().replace(/[-:]/g, '').replace('.', '-');
}

/** A VOD by itself: any player plays it, and `ffmpeg -i FILE -c copy` makes one file of it. */
function renderPlaylist(segments: readonly ReplaySegment[], epochMs: number): string {
  const longestS = Math.max(...segments.map(({ durationUs }) => durationUs / 1e6));
  const startMs = epochMs + (segments[0]?.startUs ?? 0) / 1000;
  return `${[
    '#EXTM3U',
    '#EXT-X-VERSION:6',
    `#EXT-X-TARGETDURATION:${Math.ceil(longestS)}`,
    '#EXT-X-PLAYLIST-TYPE:VOD',
    '#EXT-X-MAP:URI="init.mp4"',
    `#EXT-X-PROGRAM-DATE-TIME:${new Date(Math.round(startMs)).toISOString()}`,
    ...segments.flatMap(({ offset, durationUs }) => [
      `#EXTINF:${durationUs / 1e6},`,
      fileOf(offset),
    ]),
    '#EXT-X-ENDLIST',
  ].join('\n')}\n`;
}
