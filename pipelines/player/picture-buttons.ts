/** Buttons that each page with a picture has. Their captions follow what they do now. */
import { isInPicture } from './playback/pace/sight.ts';
import { setLabel, texts } from './texts.ts';

const PICTURE_EVENTS = [
  'enterpictureinpicture',
  'leavepictureinpicture',
  'webkitpresentationmodechanged',
] as const;

export interface PictureButtons {
  readonly video: HTMLVideoElement;
  readonly mute: HTMLElement;
  readonly fullScreen: HTMLElement;
  readonly pictureInPicture: HTMLElement;
  /** AirPlay, or what else the browser plays on. */
  readonly remote: HTMLElement;
  /** What is shown in full screen. */
  readonly stage: HTMLElement;
}

type AppleVideo = HTMLVideoElement & {
  readonly webkitSupportsPresentationMode?: (mode: string) => boolean;
  readonly webkitSetPresentationMode?: (mode: string) => void;
  readonly webkitEnterFullscreen?: () => void;
  readonly webkitShowPlaybackTargetPicker?: () => void;
};

/** @returns renders the captions. */
export function connectPictureButtons(buttons: PictureButtons): () => void {
  const { video, mute, fullScreen, stage } = buttons;
  const render = () => {
    const text = texts();
    const toToggle = video.muted ? text.soundOn : text.soundOff;
    if (mute.classList.contains('icon')) setLabel(mute, toToggle);
    else mute.textContent = toToggle;
    setLabel(fullScreen, document.fullscreenElement ? text.leaveFullScreen : text.fullScreen);
    document.body.classList.toggle('muted', video.muted);
  };
  video.addEventListener('volumechange', render);
  document.addEventListener('fullscreenchange', render);
  fullScreen.addEventListener('click', () => toggleFullScreen(stage, video));
  connectPictureInPicture(buttons.pictureInPicture, video);
  connectRemote(buttons.remote, video);
  return render;
}

/** @param keys What each key does, while `isOn`. */
export function connectKeys(
  keys: Readonly<Record<string, () => void>>,
  isOn: () => boolean = () => true,
): void {
  document.addEventListener('keydown', ({ key, target, ctrlKey, metaKey, altKey }) => {
    const isTyping = target instanceof HTMLSelectElement || ctrlKey || metaKey || altKey;
    if (!isTyping && isOn()) keys[key]?.();
  });
}

export function toggleFullScreen(stage: HTMLElement, video: AppleVideo): void {
  if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined);
  else if (stage.requestFullscreen) stage.requestFullscreen().catch(() => undefined);
  // An iPhone shows only the video itself in full screen.
  else video.webkitEnterFullscreen?.();
}

/** By its standard, or as Safari had it before. The guest may also leave it beside the page. */
function connectPictureInPicture(button: HTMLElement, video: AppleVideo): void {
  const hasStandard = document.pictureInPictureEnabled === true;
  button.hidden = !hasStandard && !video.webkitSupportsPresentationMode?.('picture-in-picture');
  if (button.hidden) return;
  const render = () => button.setAttribute('aria-pressed', String(isInPicture(video)));
  for (const event of PICTURE_EVENTS) video.addEventListener(event, render);
  button.addEventListener('click', () => {
    const isOn = isInPicture(video);
    if (!hasStandard) video.webkitSetPresentationMode?.(isOn ? 'inline' : 'picture-in-picture');
    else {
      const change = isOn ? document.exitPictureInPicture() : video.requestPictureInPicture();
      change.catch(() => undefined);
    }
  });
  render();
}

/**
 * AirPlay in Safari; elsewhere the Remote Playback API, with which Chromium casts. A picture
 * of Media Source Extensions can only be sent by AirPlay, beside its second source.
 */
function connectRemote(button: HTMLElement, video: AppleVideo): void {
  if (video.webkitShowPlaybackTargetPicker !== undefined) {
    let isAvailable = false;
    // WebRTC has no address that a television could fetch it from.
    const show = () => {
      button.hidden = !isAvailable || Boolean(video.srcObject);
    };
    video.addEventListener('webkitplaybacktargetavailabilitychanged', (event) => {
      isAvailable = (event as Event & { availability?: string }).availability === 'available';
      show();
    });
    for (const event of ['loadstart', 'emptied']) video.addEventListener(event, show);
    button.addEventListener('click', () => video.webkitShowPlaybackTargetPicker?.());
    return;
  }
  if (typeof video.remote?.watchAvailability !== 'function') return;
  button.dataset['label'] = 'cast';
  setLabel(button, texts().cast);
  video.remote
    .watchAvailability((isAvailable) => {
      button.hidden = !isAvailable || video.disableRemotePlayback;
    })
    .catch(() => undefined);
  button.addEventListener('click', () => {
    video.remote.prompt().catch(() => undefined);
  });
}
