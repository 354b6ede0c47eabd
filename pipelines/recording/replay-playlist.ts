import type { ReplayRecording, ReplaySegment } from './replay-segments.ts';

export interface ReplayOptions {
  /** Ended for good: a VOD. Otherwise what is live, from its start or for `dvrS`. */
  readonly isEnded: boolean;
  /** While live, so much can be sought back to; undefined for all of it. */
  readonly dvrS?: number;
}

/** TARGETDURATION: segments are cut at the first key frame past four seconds. */
const TARGET_DURATION_S = 6;
/** EXT-X-MAP in a playlist that is not for I-frames only (RFC 8216bis §8). */
const VERSION = 6;
/** Less than this of a segment is not worth to be played for its own sake. */
const SLIVER_MS = 100;

interface Listed {
  readonly recording: ReplayRecording;
  readonly segment: ReplaySegment;
  /** The first of its recording, and not of the playlist. */
  readonly isDiscontinuity: boolean;
}

/**
 * A media playlist over recordings, by byte ranges (RFC 8216bis §4.4.4.2): no
 * byte is written twice to make them seekable.
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
  const longestS = Math.max(TARGET_DURATION_S, ...shown.map(({ segment }) => roundedS(segment)));
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
      // A recorder that comes back takes up what it may have lost: what was shown whole is left out.
      if (segmentEndMs < endMs + SLIVER_MS) continue;
      listed.push({ recording, segment, isDiscontinuity: isFirst && listed.length > 0 });
      isFirst = false;
      endMs = segmentEndMs;
    }
  }
  return listed;
}

/** How many segments lie further back than may be sought. */
function countOld(all: readonly Listed[], dvrS: number | undefined): number {
  if (dvrS === undefined) return 0;
  let keptUs = 0;
  let kept = 0;
  for (const { segment } of all.toReversed()) {
    if (keptUs >= dvrS * 1e6) break;
    keptUs += segment.durationUs;
    kept += 1;
  }
  return all.length - kept;
}

function roundedS({ durationUs }: ReplaySegment): number {
  return Math.round(durationUs / 1e6);
}
