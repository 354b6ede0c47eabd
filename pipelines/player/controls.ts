/** The buttons of the picture. Their captions follow what they do now. */
import { setLabel, texts } from './texts.ts';

export interface ControlElements {
  readonly video: HTMLVideoElement;
  readonly mute: HTMLElement;
  readonly pause: HTMLElement;
  readonly liveAgain: HTMLElement;
  readonly fullScreen: HTMLElement;
  readonly pictureInPicture: HTMLElement;
  readonly airPlay: HTMLElement;
  /** What is shown in full screen. */
  readonly stage: HTMLElement;
}

type AppleVideo = HTMLVideoElement & {
  readonly webkitEnterFullscreen?: () => void;
  readonly webkitShowPlaybackTargetPicker?: () => void;
};

export interface Controls {
  render(): void;
}

/** @param setPaused Stops playback, or goes on from the live edge. */
export function connectControls(
  elements: ControlElements,
  setPaused: (isPaused: boolean) => void,
): Controls {
  const { video, mute, pause, liveAgain, fullScreen, pictureInPicture, airPlay, stage } = elements;
  const render = () => {
    const text = texts();
    mute.textContent = video.muted ? text.soundOn : text.soundOff;
    setLabel(fullScreen, document.fullscreenElement ? text.leaveFullScreen : text.fullScreen);
    document.body.classList.toggle('muted', video.muted);
  };
  const pauseOrGoOn = (isPaused: boolean) => {
    document.body.classList.toggle('paused', isPaused);
    setPaused(isPaused);
    (isPaused ? liveAgain : pause).focus({ preventScroll: true });
  };
  const toggleSound = () => {
    video.muted = !video.muted;
    if (!document.body.classList.contains('paused')) video.play().catch(() => undefined);
  };
  mute.addEventListener('click', toggleSound);
  pause.addEventListener('click', () => pauseOrGoOn(true));
  liveAgain.addEventListener('click', () => pauseOrGoOn(false));
  video.addEventListener('volumechange', render);
  document.addEventListener('fullscreenchange', render);
  fullScreen.addEventListener('click', () => toggleFullScreen(stage, video));
  connectPictureInPicture(pictureInPicture, video);
  connectAirPlay(airPlay, video);
  const keys: Readonly<Record<string, () => void>> = {
    m: toggleSound,
    f: () => toggleFullScreen(stage, video),
    k: () => pauseOrGoOn(!document.body.classList.contains('paused')),
  };
  document.addEventListener('keydown', ({ key, target, ctrlKey, metaKey, altKey }) => {
    const isTyping = target instanceof HTMLSelectElement || ctrlKey || metaKey || altKey;
    if (!isTyping && document.body.dataset['state'] === 'live') keys[key]?.();
  });
  render();
  return { render };
}

function toggleFullScreen(stage: HTMLElement, video: AppleVideo): void {
  if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined);
  else if (stage.requestFullscreen) stage.requestFullscreen().catch(() => undefined);
  // An iPhone shows only the video itself in full screen.
  else video.webkitEnterFullscreen?.();
}

function connectPictureInPicture(button: HTMLElement, video: HTMLVideoElement): void {
  button.hidden = document.pictureInPictureEnabled !== true;
  button.addEventListener('click', () => {
    const change = document.pictureInPictureElement
      ? document.exitPictureInPicture()
      : video.requestPictureInPicture();
    change.catch(() => undefined);
  });
}

function connectAirPlay(button: HTMLElement, video: AppleVideo): void {
  if (video.webkitShowPlaybackTargetPicker === undefined) return;
  video.addEventListener('webkitplaybacktargetavailabilitychanged', (event) => {
    button.hidden = (event as Event & { availability?: string }).availability !== 'available';
  });
  button.addEventListener('click', () => video.webkitShowPlaybackTargetPicker?.());
}
