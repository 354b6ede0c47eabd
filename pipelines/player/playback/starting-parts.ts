/** Where playback begins in a playlist. Pure. */
import type { MediaPlaylist, PlaylistPart } from './playlist.ts';

/** With less media than this before the live edge, playback starts one GOP earlier. */
const START_MIN_S = 0.3;

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
