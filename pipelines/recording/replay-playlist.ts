/** The media playlist of the replay. */
import type { ReplayRecording, ReplaySegment } from './replay-segments.ts';

export interface ReplayOptions {
  /** Ended for good: a VOD. Otherwise what is live, from its start or for `dvrS`. */
  readonly isEnded: boolean;
  /** How far back one can seek while live; undefined for all of it. */
  readonly dvrS?: number;
}

/** TARGETDURATION: segments are cut at the first key frame past four seconds. */
const TARGET_DURATION_S = 6;
/** EXT-X-MAP in a playlist that is not for I-frames only (RFC 8216bis §8). */
const VERSION = 6;
/** A segment of which less than this is new is left out. */
const MIN_REST_MS = 100;

interface Listed {
  readonly recording: ReplayRecording;
  readonly segment: ReplaySegment;
  /** The first of its recording, and not of the playlist. */
  readonly isDiscontinuity: boolean;
}

/**
 * Segments are byte ranges of the recordings (RFC 8216bis §4.4.4.2).
 *
 * @param recordings In the order of time.
 */
export function renderReplay(
  recordings: readonly ReplayRecording[],
  { isEnded, dvrS }: ReplayOptions,
): string {
  const all = listSegments(recordings);
  const dropped = countOld(all, isEnded ? undefined : dvrS);
  const shown = all.slice(dropped);
  const longestS = shown.reduce(
    (max, { segment }) => Math.max(max, roundedS(segment)),
    TARGET_DURATION_S,
  );
  const discontinuities = all.slice(0, dropped).filter(({ isDiscontinuity }) => isDiscontinuity);
  const type = isEnded ? ['#EXT-X-PLAYLIST-TYPE:VOD'] : dvrS ? [] : ['#EXT-X-PLAYLIST-TYPE:EVENT'];
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${VERSION}`,
    `#EXT-X-TARGETDURATION:${longestS}`,
    ...type,
    `#EXT-X-MEDIA-SEQUENCE:${dropped}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuities.length}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
  ];
  for (const [i, { recording, segment, isDiscontinuity }] of shown.entries()) {
    if (isDiscontinuity && i > 0) lines.push('#EXT-X-DISCONTINUITY');
    if (isDiscontinuity || i === 0) lines.push(...renderStart(recording, segment));
    lines.push(
      `#EXTINF:${segment.durationUs / 1e6},`,
      `#EXT-X-BYTERANGE:${segment.bytes}@${segment.offset}`,
      `${recording.name}.mp4`,
    );
  }
  if (isEnded) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}

/**
 * How far a moment lies behind the start of the ended playlist, in seconds; undefined for one
 * that was not recorded. Of a gap between two recordings it is the end.
 *
 * @param atMs Unix time.
 */
export function positionS(
  recordings: readonly ReplayRecording[],
  atMs: number,
): number | undefined {
  let listedUs = 0;
  for (const [i, { recording, segment }] of listSegments(recordings).entries()) {
    const behindUs = (atMs - recording.epochMs) * 1000 - segment.startUs;
    if (i === 0 && behindUs < 0) return undefined;
    if (behindUs < segment.durationUs) return (listedUs + Math.max(0, behindUs)) / 1e6;
    listedUs += segment.durationUs;
  }
  return undefined;
}

function renderStart({ name, epochMs, headerBytes }: ReplayRecording, segment: ReplaySegment) {
  const date = new Date(Math.round(epochMs + segment.startUs / 1000)).toISOString();
  return [
    `#EXT-X-MAP:URI="${name}.mp4",BYTERANGE="${headerBytes}@0"`,
    `#EXT-X-PROGRAM-DATE-TIME:${date}`,
  ];
}

function listSegments(recordings: readonly ReplayRecording[]): readonly Listed[] {
  const listed: Listed[] = [];
  let endMs = Number.NEGATIVE_INFINITY;
  for (const recording of recordings) {
    let isFirst = true;
    for (const segment of recording.segments) {
      const startMs = recording.epochMs + segment.startUs / 1000;
      const segmentEndMs = startMs + segment.durationUs / 1000;
      // A recorder that restarts records again what it may have lost: segments that are listed already are left out.
      if (segmentEndMs < endMs + MIN_REST_MS) continue;
      listed.push({ recording, segment, isDiscontinuity: isFirst && listed.length > 0 });
      isFirst = false;
      endMs = segmentEndMs;
    }
  }
  return listed;
}

/** How many segments lie further back than `dvrS`. */
function countOld(all: readonly Listed[], dvrS: number | undefined): number {
  if (dvrS === undefined) return 0;
  let listedUs = 0;
  let listed = 0;
  for (const { segment } of all.toReversed()) {
    if (listedUs >= dvrS * 1e6) break;
    listedUs += segment.durationUs;
    listed += 1;
  }
  return all.length - listed;
}

function roundedS({ durationUs }: ReplaySegment): number {
  return Math.round(durationUs / 1e6);
}
