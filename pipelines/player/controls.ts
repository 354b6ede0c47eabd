/** The buttons of the live picture. */
import {
  connectKeys,
  connectPictureButtons,
  type PictureButtons,
  toggleFullScreen,
} from './picture-buttons.ts';

export interface ControlElements extends PictureButtons {
  readonly pause: HTMLElement;
  readonly liveAgain: HTMLElement;
}

export interface Controls {
  render(): void;
}

/** @param setPaused Stops playback, or goes on from the live edge. */
export function connectControls(
  elements: ControlElements,
  setPaused: (isPaused: boolean) => void,
): Controls {
  const { video, mute, pause, liveAgain, stage } = elements;
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
  const keys = {
    m: toggleSound,
    f: () => toggleFullScreen(stage, video),
    k: () => pauseOrGoOn(!document.body.classList.contains('paused')),
  };
  connectKeys(keys, () => document.body.dataset['state'] === 'live');
  const render = connectPictureButtons(elements);
  render();
  return { render };
}
