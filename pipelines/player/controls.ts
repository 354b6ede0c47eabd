/** The buttons of the live picture. */
import {
  connectKeys,
  connectPictureButtons,
  type PictureButtons,
  toggleFullScreen,
} from './picture-buttons.ts';
import { play } from './playback/pace/play.ts';

export interface ControlElements extends PictureButtons {
  readonly pause: HTMLElement;
  readonly liveAgain: HTMLElement;
  /** On the cover, where the browser wants a tap. */
  readonly play: HTMLElement;
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
    if (!document.body.classList.contains('paused')) play(video);
  };
  mute.addEventListener('click', toggleSound);
  elements.play.addEventListener('click', () => play(video));
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
