/** The guests' page: title and countdown, then the picture, and two buttons. */

import { connectControls } from './controls.ts';
import { DropInfo } from './drop-info.ts';
import { NoPicture } from './no-picture.ts';
import { BeaconSender } from './playback/beacon.ts';
import { openHlsJs, openNative } from './playback/fallback.ts';
import { openLive, type Player, StreamRefused } from './playback/live.ts';
import { hasMediaSource, SourceNotOpened } from './playback/media-source.ts';
import { SoundLost } from './playback/session.ts';
import { Poster } from './poster.ts';

const RETRY_MS = 1_000;
const SOUND_RETRY_MS = 20_000;
const FIGURES_EVERY_MS = 500;
/** After this long without a new frame the poster takes the place of the picture. */
const FROZEN_AFTER_MS = 5_000;

const element = (id: string) => document.getElementById(id) as HTMLElement;
const video = element('video') as HTMLVideoElement;
const parameters = new URLSearchParams(location.search);
const info = new DropInfo();
const poster = new Poster(
  { title: element('title'), message: element('message'), countdown: element('countdown') },
  info,
);
const noPicture = new NoPicture(info, poster);
const beacon = new BeaconSender(video);
/** The player on screen. */
let current: Player | undefined;
/** The browser did not open a media source: other players are used. */
let isSourceBroken = false;

connectControls({
  video,
  mute: element('mute'),
  fullScreen: element('full'),
  stage: element('stage'),
});
video.addEventListener('playing', showPicture);
const watchPicture = openPictureWatch();
setInterval(() => {
  watchPicture();
  poster.render();
  showLatency();
}, FIGURES_EVERY_MS);
// For measurements: the same figures that the page shows and reports.
Object.assign(window, {
  venuebox: () => ({
    player: current?.kind,
    rendition: current?.rendition(),
    latencyMs: current?.latencyMs(),
    ...beacon.figures(),
  }),
});
void showDrop();
void play();

/** Asks the box for title and start until it answers. */
async function showDrop(): Promise<void> {
  for (;;) {
    try {
      const { title, startsAt } = await info.read();
      poster.setTitle(title);
      poster.setCountdown({ phase: 'counting', startsMs: Date.parse(startsAt) });
      return;
    } catch {
      poster.setCountdown({ phase: 'unknown', isUnreachable: true });
    }
    await pause(RETRY_MS);
  }
}

/** Opens a player again whenever one fails, until the stream ends. */
async function play(): Promise<void> {
  let hasSound = true;
  for (;;) {
    const attempt = new AbortController();
    let soundRetry: ReturnType<typeof setTimeout> | undefined;
    let isRefused = false;
    try {
      const player = await openPlayer(hasSound, attempt.signal);
      // A player without sound is opened again after a while, in case the sound is back.
      if (!hasSound) soundRetry = setTimeout(() => attempt.abort(), SOUND_RETRY_MS);
      hasSound = true;
      beacon.setPlayer(player);
      current = player;
      await player.done;
      if (!attempt.signal.aborted) {
        noPicture.end();
        document.body.classList.remove('playing');
        return;
      }
    } catch (error) {
      hasSound = !(error instanceof SoundLost);
      isRefused = error instanceof StreamRefused;
      isSourceBroken ||= error instanceof SourceNotOpened;
      noPicture.show();
    }
    clearTimeout(soundRetry);
    attempt.abort();
    current = undefined;
    await pause(RETRY_MS);
    if (isRefused) beacon.restartStartup();
  }
}

/** Our player where it runs, Apple's own on Safari, hls.js elsewhere; `?player=` chooses by hand. */
async function openPlayer(hasSound: boolean, signal: AbortSignal): Promise<Player> {
  const wanted = parameters.get('player');
  const url = playlistUrl();
  if (wanted === 'native' || (wanted === null && !canPlayLive())) {
    const native = openNative(video, url, info.nowMs, beacon.restartStartup, signal);
    if (native !== undefined) return native;
  }
  if (wanted !== 'hls' && canPlayLive()) {
    return await openLive(video, url, info.nowMs, hasSound, signal);
  }
  const hls = await openHlsJs(video, url, info.nowMs, beacon.restartStartup, signal);
  if (hls === undefined) throw new Error('this browser cannot play HLS');
  return hls;
}

function canPlayLive(): boolean {
  return hasMediaSource() && !isSourceBroken;
}

function playlistUrl(): URL {
  const url = new URL('live/index.m3u8', location.href);
  const profile = parameters.get('profile');
  if (profile !== null) url.searchParams.set('profile', profile);
  return url;
}

function showPicture(): void {
  document.body.classList.add('playing');
  poster.setCountdown({ phase: 'started' });
  noPicture.hide();
}

/** Shows the poster while the picture is frozen, and hides it when the picture moves again. */
function openPictureWatch(): () => void {
  let lastS = video.currentTime;
  let movedMs = performance.now();
  return () => {
    const hasMoved = video.currentTime !== lastS;
    lastS = video.currentTime;
    if (hasMoved) movedMs = performance.now();
    const isFrozen = performance.now() - movedMs > FROZEN_AFTER_MS;
    const isShown = document.body.classList.contains('playing');
    if (isShown && isFrozen && !video.paused) {
      document.body.classList.remove('playing');
      noPicture.show();
    }
    if (noPicture.isShown) noPicture.show();
    if (!isShown && hasMoved && !video.paused) showPicture();
  };
}

function showLatency(): void {
  const isPlaying = document.body.classList.contains('playing');
  const latencyMs = isPlaying ? current?.latencyMs() : undefined;
  element('latency').textContent =
    latencyMs === undefined ? '' : `${(latencyMs / 1000).toFixed(2)} s behind`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
