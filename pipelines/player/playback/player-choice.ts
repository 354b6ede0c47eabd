/** Chooses the player of this page, by what the browser can do and the box offers. Pure. */

/**
 * WebRTC, frames that are pushed one by one, parts that are pushed, parts that are fetched, the
 * browser's own player, or hls.js. Our player goes from what is pushed to parts by itself.
 */
export type PlayerName = 'whep' | 'frames' | 'push' | 'parts' | 'native' | 'hls';

/** What this browser can do. */
export interface Browser {
  /** WebRTC, which has not failed just now. */
  readonly hasWebRtc: boolean;
  /** Media Source Extensions, which open. */
  readonly hasMediaSource: boolean;
  /** It hands over a response while that comes in. */
  readonly hasStreams: boolean;
  /** It plays HLS by itself. */
  readonly playsHls: boolean;
}

const CAN_PLAY: Readonly<Record<PlayerName, (browser: Browser) => boolean>> = {
  whep: ({ hasWebRtc }) => hasWebRtc,
  frames: ({ hasMediaSource, hasStreams }) => hasMediaSource && hasStreams,
  push: ({ hasMediaSource, hasStreams }) => hasMediaSource && hasStreams,
  parts: ({ hasMediaSource }) => hasMediaSource,
  native: ({ playsHls }) => playsHls,
  hls: () => true,
};

/** Any box offers them. */
const ALWAYS = ['parts', 'native', 'hls'] as const;

/**
 * @param wanted By hand: `?player=` of the page's address.
 * @param offered By the box that serves the page, its preferred way first; others are ignored.
 * @returns the ways that this browser can play, best first; there is one at least.
 */
export function choosePlayers(
  wanted: string | null,
  offered: readonly string[],
  browser: Browser,
): readonly PlayerName[] {
  const known = [wanted, ...offered, ...ALWAYS].filter(isPlayer);
  return [...new Set(known)].filter((way) => CAN_PLAY[way](browser));
}

function isPlayer(name: string | null): name is PlayerName {
  return name !== null && Object.hasOwn(CAN_PLAY, name);
}
