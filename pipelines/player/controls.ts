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
  /** Goes on where the guest paused: only where that can be, while rewound. */
  readonly goOn: HTMLElement;
  readonly liveAgain: HTMLElement;
  /** On the cover, where the browser wants a tap. */
  readonly play: HTMLElement;
}

/** Each ends what the one before has begun. */
export interface Playback {
  readonly pause: () => void;
  /** Where it was paused while rewound, and else from the live edge. */
  readonly goOn: () => void;
  readonly toLive: () => void;
}

export interface Controls {
  render(): void;
}

export function connectControls(elements: ControlElements, playback: Playback): Controls {
  const { video, mute, pause, goOn, liveAgain, stage } = elements;
  const { classList } = document.body;
  const isPaused = () => classList.contains('paused');
  const hold = () => {
    classList.add('paused');
    playback.pause();
    (classList.contains('rewound') ? goOn : liveAgain).focus({ preventScroll: true });
  };
  const leave = (how: () => void) => () => {
    classList.remove('paused');
    how();
    pause.focus({ preventScroll: true });
  };
  const resume = leave(playback.goOn);
  const toggleSound = () => {
    video.muted = !video.muted;
    if (!isPaused()) play(video);
  };
  mute.addEventListener('click', toggleSound);
  pause.addEventListener('click', hold);
  goOn.addEventListener('click', resume);
  elements.play.addEventListener('click', () => (isPaused() ? resume() : play(video)));
  liveAgain.addEventListener('click', leave(playback.toLive));
  const keys = {
    m: toggleSound,
    f: () => toggleFullScreen(stage, video),
    k: () => (isPaused() ? resume() : hold()),
  };
  connectKeys(keys, () => document.body.dataset['state'] === 'live');
  const render = connectPictureButtons(elements);
  render();
  return { render };
}
