/**
 * Checks what an LL-HLS origin lists against the rules of ll-hls.md that a
 * playlist alone, or a series of them, can show. Reads text only, so that it
 * judges our origin and any other.
 */

export interface SeenPlaylist {
  readonly renditionId: string;
  readonly text: string;
  readonly atMs: number;
}

export interface SeenPart {
  readonly uri: string;
  readonly durationS: number;
  readonly isIndependent: boolean;
  readonly isGap: boolean;
}

export interface SeenSegment {
  readonly msn: number;
  readonly uri: string | undefined;
  readonly durationS: number;
  readonly isGap: boolean;
  readonly isDiscontinuity: boolean;
  readonly dateMs: number | undefined;
  readonly parts: readonly SeenPart[];
  /** Tags in the order they stand. */
  readonly tags: readonly string[];
}

export interface ReadPlaylist {
  readonly lines: readonly string[];
  readonly value: (tag: string) => string | undefined;
  readonly attribute: (tag: string, name: string) => string | undefined;
  readonly segments: readonly SeenSegment[];
  readonly hints: readonly string[];
}

export function readPlaylist(text: string): ReadPlaylist {
  const lines = text.trim().split('\n');
  const value = (tag: string) =>
    lines.find((line) => line.startsWith(`#${tag}:`))?.slice(tag.length + 2);
  const attribute = (tag: string, name: string) => attributeOf(value(tag) ?? '', name);
  const segments: SeenSegment[] = [];
  let msn = Number(value('EXT-X-MEDIA-SEQUENCE') ?? 0);
  let open = emptySegment();
  for (const line of lines) {
    const tag = /^#(EXT[-A-Z]+)/.exec(line)?.[1];
    if (tag === 'EXT-X-SKIP') msn += Number(attributeOf(line, 'SKIPPED-SEGMENTS'));
    if (tag !== undefined && SEGMENT_TAGS.has(tag)) open.tags.push(tag);
    if (tag === 'EXT-X-DISCONTINUITY') open.isDiscontinuity = true;
    if (tag === 'EXT-X-GAP') open.isGap = true;
    if (tag === 'EXT-X-PROGRAM-DATE-TIME') open.dateMs = Date.parse(line.slice(25));
    if (tag === 'EXT-X-PART') {
      open.parts.push({
        uri: attributeOf(line, 'URI') ?? '',
        durationS: Number(attributeOf(line, 'DURATION')),
        isIndependent: line.includes('INDEPENDENT=YES'),
        isGap: line.includes('GAP=YES'),
      });
    }
    if (tag === 'EXTINF') open.durationS = Number.parseFloat(line.slice(8));
    if (line.startsWith('#') || line === '') continue;
    segments.push({ ...open, msn, uri: line });
    msn += 1;
    open = emptySegment();
  }
  if (open.parts.length > 0) segments.push({ ...open, msn, uri: undefined });
  const hints = lines.filter((line) => line.startsWith('#EXT-X-PRELOAD-HINT'));
  return { lines, value, attribute, segments, hints };
}

const SEGMENT_TAGS = new Set([
  'EXT-X-DISCONTINUITY',
  'EXT-X-PROGRAM-DATE-TIME',
  'EXT-X-MAP',
  'EXT-X-KEY',
  'EXT-X-PART',
  'EXT-X-GAP',
  'EXTINF',
]);

function emptySegment() {
  return {
    durationS: 0,
    isGap: false,
    isDiscontinuity: false,
    dateMs: undefined as number | undefined,
    parts: [] as SeenPart[],
    tags: [] as string[],
  };
}

function attributeOf(line: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|[:,])${name}=(?:"([^"]*)"|([^,]*))`).exec(line);
  return match?.[1] ?? match?.[2];
}

/** Breaches of one rendition's playlist, each as `rule N: what`. */
export function checkPlaylist(text: string): readonly string[] {
  const breaches: string[] = [];
  const breach = (rule: number, what: string) => breaches.push(`rule ${rule}: ${what}`);
  const playlist = readPlaylist(text);
  const targetS = Number(playlist.value('EXT-X-TARGETDURATION'));
  const partTargetS = Number(playlist.attribute('EXT-X-PART-INF', 'PART-TARGET'));
  const control = (name: string) => Number(playlist.attribute('EXT-X-SERVER-CONTROL', name));
  const isEnded = text.includes('#EXT-X-ENDLIST');
  const isDelta = playlist.value('EXT-X-SKIP') !== undefined;

  if (!(partTargetS > 0)) breach(1, 'PART-INF is missing');
  if (!(control('PART-HOLD-BACK') >= 3 * partTargetS - 1e-6)) breach(1, 'PART-HOLD-BACK');
  if (!(control('HOLD-BACK') >= 3 * targetS)) breach(7, 'HOLD-BACK');
  if (!(control('CAN-SKIP-UNTIL') >= 6 * targetS)) breach(7, 'CAN-SKIP-UNTIL');
  if (!text.includes('#EXT-X-PROGRAM-DATE-TIME')) breach(10, 'no PROGRAM-DATE-TIME');
  if (!text.includes('#EXT-X-MAP') && playlist.segments.some(({ isGap }) => !isGap)) {
    breach(32, 'no MAP');
  }
  const version = Number(playlist.value('EXT-X-VERSION'));
  if (version > (isDelta ? 10 : 6)) breach(14, `VERSION ${version}`);
  if (text.includes('#EXT-X-PLAYLIST-TYPE')) breach(16, 'PLAYLIST-TYPE');
  const partHints = playlist.hints.filter((hint) => hint.includes('TYPE=PART'));
  if (partHints.length !== (isEnded ? 0 : 1)) breach(11, `${partHints.length} part hints`);

  let afterS = 0;
  for (const segment of playlist.segments.toReversed()) {
    if (segment.parts.length > 0 && segment.uri !== undefined && afterS > 3 * targetS + 1e-6) {
      breach(17, `parts of ${segment.msn} are ${afterS} s old`);
    }
    afterS += segment.uri === undefined ? partsS(segment) : segment.durationS;
    checkSegment(segment, targetS, partTargetS, breach);
  }
  return breaches;
}

function checkSegment(
  segment: SeenSegment,
  targetS: number,
  partTargetS: number,
  breach: (rule: number, what: string) => void,
): void {
  const { msn, parts, tags, uri } = segment;
  if (Math.round(segment.durationS) > targetS) breach(5, `EXTINF ${segment.durationS} of ${msn}`);
  for (const [i, part] of parts.entries()) {
    if (part.durationS > partTargetS + 1e-5) breach(2, `${part.uri} lasts ${part.durationS}`);
    const isLast = i === parts.length - 1;
    const isExempt = part.isIndependent || part.isGap || isLast || parts[i + 1]?.isGap;
    if (!isExempt && part.durationS < 0.85 * partTargetS - 1e-5) {
      breach(3, `${part.uri} lasts ${part.durationS}`);
    }
  }
  if (uri !== undefined && parts.length > 0) {
    if (Math.abs(partsS(segment) - segment.durationS) > 1e-3) breach(6, `parts of ${msn}`);
    if (!segment.isGap && !parts.some(({ isIndependent }) => isIndependent)) {
      breach(8, `${msn} has no INDEPENDENT part`);
    }
    if (!segment.isGap && parts.some(({ isGap }) => isGap)) breach(20, `${msn} hides a gap`);
  }
  const firstPart = tags.indexOf('EXT-X-PART');
  for (const tag of ['EXT-X-MAP', 'EXT-X-KEY', 'EXT-X-DISCONTINUITY', 'EXT-X-PROGRAM-DATE-TIME']) {
    if (firstPart >= 0 && tags.lastIndexOf(tag) > firstPart) breach(9, `${tag} in ${msn}`);
  }
  if (segment.isDiscontinuity && segment.dateMs === undefined) breach(20, `no date at ${msn}`);
}

function partsS({ parts }: SeenSegment): number {
  return parts.reduce((sum, { durationS }) => sum + durationS, 0);
}

/** Breaches that only a series of playlists shows, of all renditions of a presentation. */
export function checkSeries(seen: readonly SeenPlaylist[]): readonly string[] {
  const breaches = new Set<string>();
  const last = new Map<string, { readonly playlist: ReadPlaylist; readonly atMs: number }>();
  const dates = new Map<number, number>();
  const fixed = new Set<string>();
  for (const { renditionId, text, atMs } of seen) {
    for (const breach of checkPlaylist(text)) breaches.add(`${breach} (${renditionId})`);
    const playlist = readPlaylist(text);
    fixed.add(
      ['EXT-X-TARGETDURATION', 'EXT-X-PART-INF', 'EXT-X-SERVER-CONTROL'].map(playlist.value).join(),
    );
    const before = last.get(renditionId)?.playlist;
    for (const tag of ['EXT-X-MEDIA-SEQUENCE', 'EXT-X-DISCONTINUITY-SEQUENCE']) {
      if (before !== undefined && Number(playlist.value(tag)) < Number(before.value(tag))) {
        breaches.add(`rule 16: ${tag} fell (${renditionId})`);
      }
    }
    checkSame(playlist, before, renditionId, breaches);
    for (const { msn, dateMs } of playlist.segments) {
      if (dateMs === undefined) continue;
      const known = dates.get(msn) ?? dateMs;
      dates.set(msn, known);
      if (Math.abs(known - dateMs) > DATES_APART_MS)
        breaches.add(`rule 10: date of ${msn} (${renditionId})`);
    }
    last.set(renditionId, { playlist, atMs });
  }
  if (fixed.size > 1) breaches.add(`rules 4, 13: ${[...fixed].join(' | ')}`);
  return [...breaches];
}

/** Sound may creep three frames of 21 ms before it counts as lost; its segments start with its frames. */
const DATES_APART_MS = 75;

/** What was listed once stays as it was: RFC 8216bis §6.2.1. */
function checkSame(
  now: ReadPlaylist,
  before: ReadPlaylist | undefined,
  renditionId: string,
  breaches: Set<string>,
): void {
  for (const segment of now.segments) {
    const known = before?.segments.find(({ msn }) => msn === segment.msn);
    if (known?.uri === undefined) continue;
    const isSame =
      known.uri === segment.uri &&
      known.durationS === segment.durationS &&
      known.isDiscontinuity === segment.isDiscontinuity;
    if (!isSame) breaches.add(`rule 16: segment ${segment.msn} changed (${renditionId})`);
  }
}
