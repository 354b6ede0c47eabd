/** The buttons of the page: sound and full screen. */
import { element } from './element.ts';

export function connectControls(video: HTMLVideoElement): void {
  const mute = element<HTMLButtonElement>('mute');
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
  element('full').addEventListener('click', () => toggleFullScreen(video));
  showMuted();
}

function toggleFullScreen(video: HTMLVideoElement): void {
  const stage = element('stage');
  if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined);
  else if (stage.requestFullscreen) stage.requestFullscreen().catch(() => undefined);
  // An iPhone shows only the video itself in full screen.
  else
    (video as HTMLVideoElement & { webkitEnterFullscreen?: () => void }).webkitEnterFullscreen?.();
}
