/** The guests' page: poster and countdown, then the picture, and what a guest may press. */
import { openBeacon } from './beacon.ts';
import { openHlsJs, openNative } from './fallback.ts';
import { canRunLive, openLive, type Player, StreamRefused } from './live.ts';
import { type Outlook, renderNotice } from './notice.ts';
import { SoundLost } from './session.ts';

interface Drop {
  readonly title: string;
  readonly startsAt: string;
  readonly now: string;
  /** It was, and no other is on. An older box that this one shows does not tell. */
  readonly isOver?: boolean;
}

const RETRY_MS = 1_000;
const SOUND_RETRY_MS = 20_000;
const FIGURES_EVERY_MS = 500;
/** A room full of phones that wait asks no more often whether it is over, and not all at once. */
const OVER_EVERY_MS = 5_000 + 2_000 * Math.random();
const DROP_TIMEOUT_MS = 4_000;
/** The clock of an answer that took longer says little. */
const QUICK_MS = 1_500;
/** A picture that stands for so long is over, or lost: the poster takes its place. */
const STILL_MS = 5_000;

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const video = find<HTMLVideoElement>('video');
const parameters = new URLSearchParams(location.search);

/** How far this device's clock is behind the box's. */
let clockOffsetMs: number | undefined;
const serverNowMs = () => Date.now() + (clockOffsetMs ?? 0);

async function readDrop(): Promise<Drop> {
  const askedMs = Date.now();
  const response = await fetch('/drop.json', { signal: AbortSignal.timeout(DROP_TIMEOUT_MS) });
  const drop = (await response.json()) as Drop;
  const answeredMs = Date.now();
  const isQuick = answeredMs - askedMs < QUICK_MS;
  if (isQuick || clockOffsetMs === undefined)
    clockOffsetMs = Date.parse(drop.now) - (askedMs + answeredMs) / 2;
  return drop;
}

/** Asks until it is told. */
async function learnDrop(): Promise<void> {
  for (;;) {
    try {
      const { title, startsAt } = await readDrop();
      find('title').textContent = title;
      document.title = title;
      foresee({ phase: 'counting', startsMs: Date.parse(startsAt) });
      return;
    } catch {
      foresee({ phase: 'asking', isAway: true });
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

let isDark = false;
let isOver = false;
let overAskedMs = Number.NEGATIVE_INFINITY;

/** There is no picture: says whether one comes, and asks for that now and then. */
function beDark(): void {
  const isNews = !isDark;
  isDark = true;
  if (isNews || performance.now() - overAskedMs >= OVER_EVERY_MS) {
    overAskedMs = performance.now();
    void readDrop()
      .then((drop) => drop.isOver ?? false)
      // Nobody answers: it may go on.
      .catch(() => false)
      .then((next) => {
        isOver = next;
        sayDark();
      });
  } else sayDark();
}

function sayDark(): void {
  if (!isDark) return;
  say(isOver ? 'That was it. Thank you for being here.' : 'Waiting for the picture…');
}

function playlistUrl(): URL {
  const url = new URL('/live/index.m3u8', location.href);
  const profile = parameters.get('profile');
  if (profile !== null) url.searchParams.set('profile', profile);
  return url;
}

/** Our player where it runs, Apple's own on Safari, hls.js elsewhere; `?player=` chooses by hand. */
async function openPlayer(hasSound: boolean, signal: AbortSignal): Promise<Player> {
  const asked = parameters.get('player');
  const url = playlistUrl();
  if (asked === 'native' || (asked === null && !canRunLive())) {
    const native = openNative(video, url, serverNowMs, beacon.restartStartup, signal);
    if (native !== undefined) return native;
  }
  if (asked !== 'hls' && canRunLive()) {
    return await openLive(video, url, serverNowMs, hasSound, signal);
  }
  const hls = await openHlsJs(video, url, serverNowMs, beacon.restartStartup, signal);
  if (hls === undefined) throw new Error('this browser plays no HLS');
  return hls;
}

async function play(): Promise<void> {
  let hasSound = true;
  for (;;) {
    const attempt = new AbortController();
    let retry: ReturnType<typeof setTimeout> | undefined;
    let isRefused = false;
    try {
      const player = await openPlayer(hasSound, attempt.signal);
      // Without its sound it looks again, whether that is back.
      if (!hasSound) retry = setTimeout(() => attempt.abort(), SOUND_RETRY_MS);
      hasSound = true;
      beacon.watch(player);
      current = player;
      await player.done;
      if (!attempt.signal.aborted) {
        isDark = false;
        say('The stream has ended.');
        document.body.classList.remove('playing');
        return;
      }
    } catch (error) {
      hasSound = !(error instanceof SoundLost);
      isRefused = error instanceof StreamRefused;
      beDark();
    }
    clearTimeout(retry);
    attempt.abort();
    current = undefined;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    if (isRefused) beacon.restartStartup();
  }
}

let outlook: Outlook = { phase: 'asking', isAway: false };
let said = '';

/** Without effect once there was a picture. */
function foresee(next: Outlook): void {
  if (outlook.phase !== 'started') outlook = next;
  showNotice();
}

function say(text: string): void {
  said = text;
  showNotice();
}

function showNotice(): void {
  const { message, countdown } = renderNotice(outlook, said, serverNowMs());
  write('message', message);
  write('countdown', countdown);
}

/** The same text written anew would be spoken anew. */
function write(id: string, text: string): void {
  const element = find(id);
  if (element.textContent !== text) element.textContent = text;
}

function wireControls(): void {
  const mute = find<HTMLButtonElement>('mute');
  const sync = () => {
    mute.textContent = video.muted ? 'Sound on' : 'Sound off';
    mute.setAttribute('aria-pressed', String(!video.muted));
    document.body.classList.toggle('muted', video.muted);
  };
  mute.addEventListener('click', () => {
    video.muted = !video.muted;
    video.play().catch(() => undefined);
  });
  video.addEventListener('volumechange', sync);
  video.addEventListener('click', () => video.play().catch(() => undefined));
  find('full').addEventListener('click', () => {
    const phone = video as HTMLVideoElement & { webkitEnterFullscreen?: () => void };
    if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined);
    else if (find('stage').requestFullscreen)
      find('stage')
        .requestFullscreen()
        .catch(() => undefined);
    else phone.webkitEnterFullscreen?.();
  });
  video.addEventListener('playing', showPicture);
  sync();
}

function showPicture(): void {
  document.body.classList.add('playing');
  foresee({ phase: 'started' });
  isDark = false;
  isOver = false;
  say('');
}

/** Shows the poster while the picture stands, and takes it away when it moves again. */
function watchPicture(): () => void {
  let lastS = video.currentTime;
  let movedMs = performance.now();
  return () => {
    const hasMoved = video.currentTime !== lastS;
    lastS = video.currentTime;
    if (hasMoved) movedMs = performance.now();
    const isStill = performance.now() - movedMs > STILL_MS;
    const isShown = document.body.classList.contains('playing');
    if (isShown && isStill && !video.paused) {
      document.body.classList.remove('playing');
      beDark();
    }
    if (isDark) beDark();
    if (!isShown && hasMoved && !video.paused) showPicture();
  };
}

let current: Player | undefined;
const beacon = openBeacon(video);
wireControls();
const lookAtPicture = watchPicture();
setInterval(() => {
  lookAtPicture();
  showNotice();
  const isPlaying = document.body.classList.contains('playing');
  const latencyMs = isPlaying ? current?.latencyMs() : undefined;
  find('latency').textContent =
    latencyMs === undefined ? '' : `${(latencyMs / 1000).toFixed(2)} s behind`;
}, FIGURES_EVERY_MS);
// For those who measure: the same figures that the page shows and reports.
Object.assign(window, {
  venuebox: () => ({
    player: current?.kind,
    rendition: current?.rendition(),
    latencyMs: current?.latencyMs(),
    ...beacon.figures(),
  }),
});
void learnDrop();
void play();
