/** Where playback begins in a playlist. Pure. */
import type { MediaPlaylist, PlaylistPart } from './playlist.ts';

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
  const isWhole = following.every(({ isGap }) => !isGap);
  const isSame = hrefOf(last?.initUri ?? '') === initUrl;
  if (last === undefined || !isWhole || !isSame || followingS > FOLLOWING_MAX_S) return undefined;
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
