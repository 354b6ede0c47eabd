/** Which parts of a playlist come first, and which one comes next. Pure. */
import type { MediaPlaylist, PlaylistPart, Position } from './playlist.ts';

/** With less media than this before the live edge, playback starts one GOP earlier. */
const START_MIN_S = 0.3;

/** Further behind, playback jumps to the live edge. */
const FOLLOWING_MAX_S = 1.5;
/** Dates in playlists are rounded to a millisecond. */
const ROUNDING_MS = 5;

export interface Buffered {
  readonly initUrl: string;
  /** Unix time of its end, in ms. */
  readonly endDateMs: number | undefined;
}

export interface Following {
  /** The last part that is buffered. */
  readonly last: PlaylistPart;
  readonly parts: readonly PlaylistPart[];
}

/**
 * The parts that go on where the buffer ends, so that playback does not wait for a key frame;
 * undefined where the playlist has none, or too many.
 *
 * @param hrefOf The address of an init section.
 */
export function followingParts(
  { parts }: MediaPlaylist,
  { initUrl, endDateMs }: Buffered,
  hrefOf: (uri: string) => string,
): Following | undefined {
  if (endDateMs === undefined) return undefined;
  const endOf = ({ dateMs, durationS }: PlaylistPart) => (dateMs ?? 0) + durationS * 1_000;
  const at = parts.findLastIndex((part) => Math.abs(endOf(part) - endDateMs) <= ROUNDING_MS);
  const last = parts[at];
  const following = parts.slice(at + 1);
  const followingS = following.reduce((sum, { durationS }) => sum + durationS, 0);
  const isComplete = following.every(({ isGap }) => !isGap);
  const isSame = hrefOf(last?.initUri ?? '') === initUrl;
  if (last === undefined || !isComplete || !isSame || followingS > FOLLOWING_MAX_S)
    return undefined;
  return { last, parts: following };
}

/** From the newest independent part with enough media behind it. */
export function startingParts({ parts }: MediaPlaylist): readonly PlaylistPart[] {
  const usable = parts.slice(parts.findLastIndex(({ isGap }) => isGap) + 1);
  let aheadS = 0;
  let start = usable.length;
  for (let i = usable.length - 1; i >= 0; i -= 1) {
    aheadS += usable[i]?.durationS ?? 0;
    if (!usable[i]?.isIndependent) continue;
    start = i;
    if (aheadS >= START_MIN_S) break;
  }
  return usable.slice(start);
}

/** What is to be asked for before it exists. */
export interface NextPart {
  readonly msn: number;
  readonly part: number;
  readonly uri: string;
  /** What the playlist that has it is asked for by: also where it has another number. */
  readonly reload: Position;
  /** As the playlist will list it; undefined where only the playlist says. */
  readonly expected: PlaylistPart | undefined;
}

/** As our origin names parts; where another names them differently nothing is expected. */
const uriOf = ({ msn, part }: Position) => `${msn}.${part}.m4s`;

/**
 * The part that the playlist hints at; undefined where the stream has ended.
 *
 * @param last The last part that was appended.
 */
export function hintedPart(
  playlist: MediaPlaylist,
  last: PlaylistPart | undefined,
): NextPart | undefined {
  const { hint, isEnded } = playlist;
  if (hint === undefined || isEnded) return undefined;
  const isNext = last?.msn === hint.msn && last.part === hint.part - 1;
  return { ...hint, reload: hint, expected: isNext ? expectedAfter(playlist, last) : undefined };
}

/**
 * The part after one that was expected. Segments have as many parts as the one before them: where
 * that is wrong the origin refuses the part, and the playlist says what comes instead.
 */
export function partAfter(playlist: MediaPlaylist, last: PlaylistPart): NextPart {
  const expected = expectedAfter(playlist, last);
  if (expected !== undefined) return { ...expected, reload: expected, expected };
  // What a segment begins with (its date, another init section, a gap) is in its playlist alone.
  const at = { msn: last.msn + 1, part: 0 };
  // A number past the last part means the first one of the next segment (RFC 8216bis §6.2.5.2).
  const reload = { msn: last.msn, part: last.part + 1 };
  return { ...at, uri: uriOf(at), reload, expected: undefined };
}

function expectedAfter({ parts }: MediaPlaylist, last: PlaylistPart): PlaylistPart | undefined {
  const at = { msn: last.msn, part: last.part + 1 };
  const before = parts.filter(({ msn }) => msn === last.msn - 1);
  const model = before[at.part];
  const isComplete = before.every(({ isGap }, i) => !isGap && before[i]?.part === i);
  if (model === undefined || !isComplete || last.uri !== uriOf(last)) return undefined;
  const { durationS, isIndependent } = model;
  const dateMs = last.dateMs === undefined ? undefined : last.dateMs + last.durationS * 1_000;
  return { ...last, ...at, uri: uriOf(at), durationS, isIndependent, isGap: false, dateMs };
}
