/** What a box's multivariant playlist says of its renditions. Pure. */

export interface Ladder {
  /** As they stand there. */
  readonly renditions: readonly { readonly name: string; readonly bitrateBps: number }[];
  readonly hasSound: boolean;
}

/** A box has four at most. */
const RENDITIONS_MAX = 8;
/** As a box names its renditions: beside the playlist, each in a folder of its own. */
const ADDRESS = /^([a-z0-9-]{1,32})\/index\.m3u8$/;

/** Those with a picture; undefined where there are none, or it is no box's playlist. */
export function readLadder(playlist: string): Ladder | undefined {
  if (!playlist.startsWith('#EXTM3U')) return undefined;
  const lines = playlist.split(/\r?\n/);
  const renditions = lines.flatMap((line, i) => {
    const name = ADDRESS.exec(line)?.[1];
    const tag = lines[i - 1] ?? '';
    // One without a size is the sound alone.
    if (name === undefined || !/^#EXT-X-STREAM-INF:.*RESOLUTION=/.test(tag)) return [];
    const bps = /AVERAGE-BANDWIDTH=(\d{1,9})/.exec(tag) ?? /BANDWIDTH=(\d{1,9})/.exec(tag);
    return [{ name, bitrateBps: Number(bps?.[1] ?? 0) }];
  });
  if (renditions.length === 0) return undefined;
  const hasSound = lines.some((line) => line.startsWith('#EXT-X-MEDIA:TYPE=AUDIO,'));
  return { renditions: renditions.slice(0, RENDITIONS_MAX), hasSound };
}

export function namesOf(ladder: Ladder | undefined): readonly string[] {
  return (ladder?.renditions ?? []).map(({ name }) => name);
}
