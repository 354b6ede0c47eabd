/** The buttons of the live picture, and what the browser's own controls do to it. */
import {
  connectKeys,
  connectPictureButtons,
  type PictureButtons,
  toggleFullScreen,
} from './picture-buttons.ts';

export interface ControlElements extends PictureButtons {
  readonly pause: HTMLElement;
  readonly liveAgain: HTMLElement;
  /** Over the cover, where a picture is there and the browser wants a tap before it plays. */
  readonly start: HTMLElement;
}

export interface ControlDeps {
  /** Stops playback, or goes on from the live edge. */
  readonly setPaused: (isPaused: boolean) => void;
  /** A live player has the video, */
  readonly hasPlayer: () => boolean;
  /** and something to play. */
  readonly isPlayable: () => boolean;
  /** The recording has the video. */
  readonly isRewound: () => boolean;
  readonly onStopped: (isStopped: boolean) => void;
}

export interface Controls {
  render(): void;
  /** To be called at least once a second. */
  watch(): void;
}

/** So long a browser may take to go on by itself: after a call, or when the page is on screen again. */
const STOPPED_MS = 1_500;

export function connectControls(elements: ControlElements, deps: ControlDeps): Controls {
  const { video, mute, pause, liveAgain, stage, start } = elements;
  const isPaused = () => document.body.classList.contains('paused');
  const setPaused = (isNow: boolean) => {
    document.body.classList.toggle('paused', isNow);
    deps.setPaused(isNow);
  };
  const pauseOrGoOn = (isNow: boolean) => {
    setPaused(isNow);
    (isNow ? liveAgain : pause).focus({ preventScroll: true });
  };
  const play = () => void video.play().catch(() => undefined);
  const toggleSound = () => {
    video.muted = !video.muted;
    if (!isPaused()) play();
  };
  const clicks = [
    [mute, toggleSound],
    [start, play],
    [pause, () => pauseOrGoOn(true)],
    [liveAgain, () => pauseOrGoOn(false)],
  ] as const;
  for (const [button, act] of clicks) button.addEventListener('click', act);
  const isLive = () => document.body.dataset['state'] === 'live';
  const keys = {
    m: toggleSound,
    f: () => toggleFullScreen(stage, video),
    k: () => pauseOrGoOn(!isPaused()),
  };
  connectKeys(keys, isLive);
  // In the window of picture-in-picture, on a headset, or in the full screen of an iPhone. Before
  // there is a player, it is one that opens.
  video.addEventListener('play', () => {
    if (!isPaused()) return;
    if (deps.isRewound()) document.body.classList.remove('paused');
    else if (deps.hasPlayer()) setPaused(false);
  });
  connectHeadset(setPaused);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && !isPaused() && (deps.hasPlayer() || deps.isRewound())) play();
  });
  const watch = watchStopped(video, { ...deps, isPaused, isLive, setPaused });
  const render = connectPictureButtons(elements);
  render();
  return { render, watch };
}

interface StoppedDeps extends Pick<ControlDeps, 'isPlayable' | 'onStopped' | 'setPaused'> {
  readonly isPaused: () => boolean;
  readonly isLive: () => boolean;
}

/** Where playback stands still: the guest has paused it, the browser wants a tap, or it is gone on with. */
function watchStopped(video: HTMLVideoElement, deps: StoppedDeps): () => void {
  const { isPaused, isLive, setPaused } = deps;
  // Browsers pause by themselves, as a page that goes out of sight, and some tell only when it is back.
  let isByGuest = false;
  video.addEventListener('pause', () => {
    isByGuest = isElsewhere(video);
  });
  const isStopped = openStopWatch(() => video.paused && !isPaused() && deps.isPlayable());
  // On a phone that saves power, also after it was locked.
  let wantsATap = false;
  const goOn = () => {
    video.play().catch((error: unknown) => {
      wantsATap = (error as Error).name === 'NotAllowedError';
    });
  };
  return () => {
    const isNow = isStopped();
    wantsATap &&= isNow;
    if (isNow && isLive() && (isByGuest || wantsATap)) setPaused(true);
    else if (isNow) goOn();
    deps.onStopped(isNow && wantsATap && !isLive());
  };
}

/** And the controls of a locked phone. */
function connectHeadset(setPaused: (isNow: boolean) => void): void {
  const { mediaSession } = navigator as Partial<Navigator>;
  mediaSession?.setActionHandler('pause', () => setPaused(true));
  mediaSession?.setActionHandler('play', () => setPaused(false));
}

/** In a window of picture-in-picture, or in an iPhone's own full screen: there the browser has the buttons. */
function isElsewhere(video: HTMLVideoElement): boolean {
  return (
    document.pictureInPictureElement === video ||
    Reflect.get(video, 'webkitDisplayingFullscreen') === true
  );
}

const isOnScreen = () => !document.hidden || document.pictureInPictureElement instanceof Element;

/** True once it has been so for a while, on a page that is on screen: the guest has done it, or has to tap. */
function openStopWatch(isSo: () => boolean): () => boolean {
  let sinceMs: number | undefined;
  return () => {
    const nowMs = performance.now();
    sinceMs = isSo() && isOnScreen() ? (sinceMs ?? nowMs) : undefined;
    return sinceMs !== undefined && nowMs - sinceMs > STOPPED_MS;
  };
}
