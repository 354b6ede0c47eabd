/** Keeps the browser's own player near live: after a lock, a call or an outage it goes on where it was. */
import { isOutOfSight } from './sight.ts';

const CHECK_MS = 1_000;
/** Apple's player stays within three segments by itself. */
const BEHIND_MAX_S = 12;
/** What stays further behind than this is never left there. */
const BEHIND_LIMIT_S = 48;
/** What is as far behind so soon after a jump stays there by itself. */
const SETTLE_MS = 30_000;
/** A picture that does not move for so long, in sight of the guest, is loaded again. */
const STUCK_MS = 8_000;
/** Less is no rewinding: a browser aligns a seek with its media. */
const REWOUND_S = 1;

type AppleVideo = HTMLVideoElement & { readonly webkitCurrentPlaybackTargetIsWireless?: boolean };

/** Undefined while the browser does not know it. */
export function liveEdgeS({ seekable }: HTMLVideoElement): number | undefined {
  return seekable.length === 0 ? undefined : seekable.end(seekable.length - 1);
}

/**
 * Until the signal aborts. A pause is left as it is, and so is what the guest has rewound: in full
 * screen and on a television there is a bar for that.
 *
 * @param reload Loads the playlist again.
 */
export function keepAtLiveEdge(video: AppleVideo, reload: () => void, signal: AbortSignal): void {
  let maxS = BEHIND_MAX_S;
  let lastS = video.currentTime;
  let movedMs = performance.now();
  let jumpedMs = Number.NEGATIVE_INFINITY;
  let moves = 0;
  let hasPlayed = false;
  let isRewound = false;
  const restart = () => {
    lastS = 0;
    moves = 0;
    hasPlayed = false;
    isRewound = false;
    maxS = BEHIND_MAX_S;
    jumpedMs = Number.NEGATIVE_INFINITY;
  };
  const jump = (edgeS: number, nowMs: number) => {
    if (nowMs - jumpedMs < SETTLE_MS) maxS = Math.min(2 * maxS, BEHIND_LIMIT_S);
    jumpedMs = nowMs;
    moves = 0;
    video.currentTime = edgeS;
  };
  const check = () => {
    const nowMs = performance.now();
    const nowS = video.currentTime;
    const isStill = nowS === lastS;
    if (!isStill || video.paused || isOutOfSight(video)) movedMs = nowMs;
    moves = isStill ? 0 : moves + 1;
    // The browser moves it once to where it starts, long before it has media to play.
    hasPlayed ||= moves > 1;
    lastS = nowS;
    const edgeS = liveEdgeS(video);
    if (video.paused || video.ended || video.seeking || edgeS === undefined) return;
    const behindS = edgeS - nowS;
    if (behindS < BEHIND_MAX_S / 2) {
      isRewound = false;
      if (nowMs - jumpedMs > SETTLE_MS) maxS = BEHIND_MAX_S;
    }
    if (behindS > maxS && !isRewound) return jump(edgeS, nowMs);
    // Loaded again, the picture would leave the television.
    const isOurs = video.webkitCurrentPlaybackTargetIsWireless !== true;
    if (!hasPlayed || !isOurs || nowMs - movedMs < STUCK_MS) return;
    movedMs = nowMs;
    reload();
  };
  if (signal.aborted) return;
  const timer = setInterval(check, CHECK_MS);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  video.addEventListener('emptied', restart, { signal });
  video.addEventListener(
    'seeking',
    () => {
      isRewound ||= video.currentTime < lastS - REWOUND_S;
    },
    { signal },
  );
}
