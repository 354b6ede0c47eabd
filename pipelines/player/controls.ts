/** The buttons of the page: sound and full screen. */

export interface ControlElements {
  readonly video: HTMLVideoElement;
  readonly mute: HTMLElement;
  readonly fullScreen: HTMLElement;
  /** What is shown in full screen. */
  readonly stage: HTMLElement;
}

export function connectControls({ video, mute, fullScreen, stage }: ControlElements): void {
  const showMuted = () => {
    mute.textContent = video.muted ? 'Sound on' : 'Sound off';
    mute.setAttribute('aria-pressed', String(!video.muted));
    document.body.classList.toggle('muted', video.muted);
  };
  mute.addEventListener('click', () => {
    video.muted = !video.muted;
    video.play().catch(() => undefined);
  });
  video.addEventListener('volumechange', showMuted);
  video.addEventListener('click', () => video.play().catch(() => undefined));
  fullScreen.addEventListener('click', () => toggleFullScreen(stage, video));
  showMuted();
}

function toggleFullScreen(stage: HTMLElement, video: HTMLVideoElement): void {
  if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined);
  else if (stage.requestFullscreen) stage.requestFullscreen().catch(() => undefined);
  // An iPhone shows only the video itself in full screen.
  else
    (video as HTMLVideoElement & { webkitEnterFullscreen?: () => void }).webkitEnterFullscreen?.();
}
