/**
 * Pauses of the live picture, and their ends, that are not made by the page's buttons: on the lock
 * screen, in full screen or picture-in-picture, by headphones that are taken out, by a call.
 */
import { isUntouched, play } from './play.ts';
import { isOutOfSight } from './sight.ts';

/** What explains a pause may come a moment after it. */
const DECIDE_AFTER_MS = 100;
/** An iPhone pauses as it leaves full screen, and a phone as it leaves the page: nobody wants that. */
const SAME_MS = 1_000;

/** The live picture, as the page has it. */
export interface LivePicture {
  /** What the page shows of it; undefined where no player has it on screen. */
  readonly state: () => 'live' | 'tap' | 'covered' | undefined;
  /** The page shows that it is paused. */
  readonly isPaused: () => boolean;
  readonly setPaused: (isPaused: boolean) => void;
}

/** A pause in sight of the guest is theirs, and shown as that; any other is over once they are back. */
export function followBesidePage(video: HTMLVideoElement, live: LivePicture): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** When a pause was taken for the guest's. */
  let pausedMs = Number.NEGATIVE_INFINITY;
  let stoppedMs = Number.NEGATIVE_INFINITY;
  let leftMs = Number.NEGATIVE_INFINITY;
  /** That was a mistake. */
  let isToGoOn = false;
  const goOn = () => {
    const isMistaken = isToGoOn && live.isPaused();
    isToGoOn = false;
    if (isMistaken) live.setPaused(false);
    else if (isStopped(video) && !live.isPaused() && live.state() !== undefined) play(video);
  };
  const decide = () => {
    const state = live.state();
    // Where it wants a tap there is a button for that.
    if (!isStopped(video) || live.isPaused() || state === undefined || state === 'tap') return;
    const nowMs = performance.now();
    // Out of sight the browser pauses at once, or what makes no sound; later it is the guest.
    const isSystems = video.muted || stoppedMs - leftMs < SAME_MS || state === 'covered';
    if ((isOutOfSight(video) && isSystems) || isUntouched()) return;
    // Under the cover there is no button for it.
    if (state === 'covered' || nowMs - leftMs < SAME_MS) return goOn();
    pausedMs = nowMs;
    isToGoOn = false;
    live.setPaused(true);
  };
  const leave = () => {
    leftMs = performance.now();
    isToGoOn ||= live.isPaused() && leftMs - pausedMs < SAME_MS;
    if (!isOutOfSight(video)) goOn();
  };
  video.addEventListener('pause', () => {
    clearTimeout(timer);
    stoppedMs = performance.now();
    // A phone that is locked may stop timers: on return it would be too late.
    if (isOutOfSight(video) && stoppedMs - leftMs >= SAME_MS) decide();
    else timer = setTimeout(decide, DECIDE_AFTER_MS);
  });
  video.addEventListener('play', () => {
    if (!video.paused && live.isPaused() && live.state() !== undefined) live.setPaused(false);
  });
  video.addEventListener('webkitendfullscreen', leave);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) goOn();
    else if (isOutOfSight(video)) leave();
  });
}

/** Neither the end of the stream, nor a video that has no media yet. */
function isStopped({ paused, ended, readyState }: HTMLVideoElement): boolean {
  return paused && !ended && readyState > 0;
}
