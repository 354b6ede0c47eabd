/** Starts playback, and tells the page where the browser wants a tap of the guest first. */

import { isOutOfSight } from './sight.ts';

/** On the video: the browser plays it after a tap only, as an iPhone that saves power does. */
export const PLAY_REFUSED = 'playrefused';

/** A browser that pauses several times in a row is not asked each time. */
const GO_ON_AFTER_MS = 100;
/** At one and the same picture: then it is for the guest to say. */
const TRIES_MAX = 5;

/** Call it again from the tap. */
export function play(video: HTMLVideoElement): void {
  video.play().catch((error: unknown) => {
    // The only other reason is that the media was replaced: what comes next is played, too.
    const isRefused = error instanceof DOMException && error.name === 'NotAllowedError';
    if (isRefused && !mute(video)) video.dispatchEvent(new Event(PLAY_REFUSED));
  });
}

/**
 * What the system has stopped for a call, or with a page out of sight, is left to it: asked once
 * more, Safari would not go on by itself afterwards.
 */
export function pause(video: HTMLVideoElement): void {
  if (!video.paused) video.pause();
}

/**
 * Goes on where the browser has paused by itself, before the guest has touched the page. WebKitGTK
 * may forget, when it gets new media, that the video is muted (its audio output says that it is
 * not), and then pauses it, as no guest has asked for sound.
 */
export function keepPlaying(video: HTMLVideoElement): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  let triedS = -1;
  const goOn = () => {
    const isWanted = video.paused && !video.ended && !isOutOfSight(video) && isUntouched();
    if (!isWanted) return;
    tries = video.currentTime === triedS ? tries + 1 : 0;
    triedS = video.currentTime;
    if (tries < TRIES_MAX) play(video);
    else video.dispatchEvent(new Event(PLAY_REFUSED));
  };
  video.addEventListener('volumechange', () => mute(video));
  video.addEventListener('pause', () => {
    clearTimeout(timer);
    timer = setTimeout(goOn, GO_ON_AFTER_MS);
  });
}

/** Without sound a video may play, unless it was the guest who wanted sound. @returns whether it had sound. */
function mute(video: HTMLVideoElement): boolean {
  if (video.muted || !isUntouched()) return false;
  video.muted = true;
  play(video);
  return true;
}

/** False, too, where the browser does not tell. */
export function isUntouched(): boolean {
  return navigator.userActivation?.hasBeenActive === false;
}
