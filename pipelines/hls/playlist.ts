/** Renders media playlists (RFC 8216bis §4.4). */
import type { Limits } from './limits.ts';
import { isGap, type Segment } from './window.ts';

/** Lost media, as an EXT-X-DATERANGE for players and recorders. */
export interface DateRange {
  readonly id: string;
  readonly class: string;
  readonly startUs: number;
  readonly durationS: number;
}

export interface RenditionReport {
  readonly renditionId: string;
  readonly msn: number;
  readonly part: number;
}

export interface MediaPlaylist {
  readonly limits: Limits;
  readonly segments: readonly Segment[];
  readonly discontinuitySequence: number;
  /** Unix time of media time 0, in ms. */
  readonly epochMs: number;
  readonly isEnded: boolean;
  readonly dateRanges: readonly DateRange[];
  /** Date ranges that left within the skip boundary; sent to clients that request v2. */
  readonly removedDateRangeIds: readonly string[];
  readonly reports: readonly RenditionReport[];
  /** The newest part of this rendition: of the others only what differs is reported. */
  readonly edge: Omit<RenditionReport, 'renditionId'> | undefined;
  /** The next part; undefined where none follows. */
  readonly next: { readonly msn: number; readonly part: number } | undefined;
}

export type Skip = 'YES' | 'v2';

export const segmentUri = (msn: number): string => `${msn}.m4s`;
export const partUri = (msn: number, part: number): string => `${msn}.${part}.m4s`;
export const initUri = (id: string): string => `init-${id}.mp4`;

/** A plain playlist has version 6 (EXT-X-MAP); with SKIP it has 9, and 10 with date ranges. */
const VERSION = { plain: 6, YES: 9, v2: 10 } as const;

/**
 * @param skip A delta update was requested; where no segment can be skipped the
 *   playlist is complete.
 */
export function renderMedia(playlist: MediaPlaylist, skip?: Skip): string {
  const { limits, segments } = playlist;
  const skipped = skip === undefined ? 0 : countSkippable(segments, limits.canSkipUntilS);
  const kind = skipped > 0 && skip !== undefined ? skip : 'plain';
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${VERSION[kind]}`,
    `#EXT-X-TARGETDURATION:${limits.targetDurationS}`,
    `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=${limits.canSkipUntilS},CAN-SKIP-DATERANGES=YES,HOLD-BACK=${limits.holdBackS},PART-HOLD-BACK=${limits.partHoldBackS}`,
    `#EXT-X-PART-INF:PART-TARGET=${limits.partTargetS}`,
    `#EXT-X-MEDIA-SEQUENCE:${segments[0]?.msn ?? 0}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${playlist.discontinuitySequence}`,
  ];
  if (skipped > 0) lines.push(renderSkip(skipped, skip, playlist.removedDateRangeIds));

  const ranges =
    skip === 'v2' && skipped > 0 ? rangesAfter(playlist, skipped) : playlist.dateRanges;
  for (const range of ranges) lines.push(renderDateRange(range, playlist.epochMs));

  const partsFromS = durationOf(segments) - limits.listPartsS;
  let endS = durationOf(segments.slice(0, skipped));
  let initId: string | undefined;
  for (const [i, segment] of segments.slice(skipped).entries()) {
    endS += segment.durationS;
    if (segment.parts.length === 0) continue;
    pushSegment(lines, segment, {
      epochMs: playlist.epochMs,
      hasDate: i === 0 || segment.isDiscontinuity,
      hasMap: segment.initId !== undefined && segment.initId !== initId,
      hasParts: endS > partsFromS,
    });
    initId = segment.initId ?? initId;
  }

  if (playlist.isEnded) lines.push('#EXT-X-ENDLIST');
  else pushEdge(lines, playlist, initId);
  return `${lines.join('\n')}\n`;
}

/** Segments whose end lies at least `canSkipUntilS` before the end of the playlist. */
function countSkippable(segments: readonly Segment[], canSkipUntilS: number): number {
  let afterS = durationOf(segments);
  let count = 0;
  for (const { durationS } of segments) {
    afterS -= durationS;
    // One microsecond for rounding errors of sums.
    if (afterS < canSkipUntilS - 1e-6) break;
    count += 1;
  }
  return count;
}

function renderSkip(skipped: number, skip: Skip | undefined, removed: readonly string[]): string {
  const tag = `#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`;
  return skip === 'v2' && removed.length > 0
    ? `${tag},RECENTLY-REMOVED-DATERANGES="${removed.join('\t')}"`
    : tag;
}

/** Date ranges that a client with the skipped segments may not know yet. */
function rangesAfter(playlist: MediaPlaylist, skipped: number): readonly DateRange[] {
  const fromUs = playlist.segments[skipped]?.startUs ?? 0;
  return playlist.dateRanges.filter(
    ({ startUs, durationS }) => startUs + durationS * 1e6 >= fromUs,
  );
}

function renderDateRange(range: DateRange, epochMs: number): string {
  const start = renderDate(epochMs, range.startUs);
  return `#EXT-X-DATERANGE:ID="${range.id}",CLASS="${range.class}",START-DATE="${start}",DURATION=${seconds(range.durationS)}`;
}

/** DISCONTINUITY, PROGRAM-DATE-TIME and MAP precede the segment's first PART. */
function pushSegment(
  lines: string[],
  segment: Segment,
  show: { epochMs: number; hasDate: boolean; hasMap: boolean; hasParts: boolean },
): void {
  if (segment.isDiscontinuity) lines.push('#EXT-X-DISCONTINUITY');
  if (show.hasDate) {
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${renderDate(show.epochMs, segment.startUs)}`);
  }
  if (show.hasMap && segment.initId) lines.push(`#EXT-X-MAP:URI="${initUri(segment.initId)}"`);
  if (show.hasParts) {
    for (const [i, { durationS, isIndependent, bytes }] of segment.parts.entries()) {
      const independent = isIndependent ? ',INDEPENDENT=YES' : '';
      const gap = bytes === undefined ? ',GAP=YES' : '';
      const uri = partUri(segment.msn, i);
      lines.push(`#EXT-X-PART:DURATION=${seconds(durationS)},URI="${uri}"${independent}${gap}`);
    }
  }
  if (!segment.isComplete) return;
  if (isGap(segment)) lines.push('#EXT-X-GAP');
  lines.push(`#EXTINF:${seconds(segment.durationS)},`, segmentUri(segment.msn));
}

function pushEdge(lines: string[], playlist: MediaPlaylist, initId: string | undefined): void {
  const { next, segments, reports, edge } = playlist;
  if (next !== undefined) {
    const open = segments.at(-1);
    const openInit = open?.isComplete === false ? open.initId : undefined;
    if (openInit !== undefined && openInit !== initId) {
      lines.push(`#EXT-X-PRELOAD-HINT:TYPE=MAP,URI="${initUri(openInit)}"`);
    }
    lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${partUri(next.msn, next.part)}"`);
  }
  for (const { renditionId, msn, part } of reports) {
    // What is the same may be left out (RFC 8216bis §4.4.5.4): a report is in every reload.
    const isSame = msn === edge?.msn && part === edge.part;
    const last = isSame ? '' : `,LAST-MSN=${msn},LAST-PART=${part}`;
    lines.push(`#EXT-X-RENDITION-REPORT:URI="../${renditionId}/index.m3u8"${last}`);
  }
}

function durationOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { durationS }) => sum + durationS, 0);
}

function renderDate(epochMs: number, mediaUs: number): string {
  return new Date(Math.round(epochMs + mediaUs / 1000)).toISOString();
}

/** A decimal-floating-point with at most five decimal places. */
function seconds(value: number): string {
  return String(Math.round(value * 1e5) / 1e5);
}
