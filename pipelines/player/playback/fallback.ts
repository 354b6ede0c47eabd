/** Other players: hls.js, and the browser's own on Apple devices. */
import type HlsType from 'hls.js';
import type { ErrorData } from 'hls.js';
import { possibleMs } from './beacon-payload.ts';
import type { Player } from './live.ts';
import { hasMediaSource } from './media-source.ts';
import { keepAtLiveEdge, liveEdgeS } from './pace/live-edge.ts';
import { pause, play } from './pace/play.ts';

/** Settings with which hls.js plays closest to the live edge; measured by `npm run bench`. */
const HLS_CONFIG = {
  lowLatencyMode: true,
  maxLiveSyncPlaybackRate: 1.5,
  liveSyncDuration: 0.4,
  backBufferLength: 10,
  liveSyncOnStallIncrease: 0.2,
  startLevel: 0,
  // The retry is made below, so that each refusal is noticed.
  manifestLoadPolicy: {
    default: {
      maxTimeToFirstByteMs: Number.POSITIVE_INFINITY,
      maxLoadTimeMs: 20_000,
      timeoutRetry: null,
      errorRetry: null,
    },
  },
} as const;
const RETRY_MS = 1_000;
/** On a line that is half dead a script may neither come nor fail. */
const LOAD_MAX_MS = 15_000;

/**
 * For browsers with Media Source Extensions that our player does not run in.
 *
 * @param onRetry Called before the next request for a stream that was refused.
 * Rejects where hls.js does not load, or does not run in this browser.
 */
export async function openHlsJs(
  video: HTMLVideoElement,
  playlistUrl: URL,
  serverNowMs: () => number,
  onRetry: () => void,
  signal: AbortSignal,
): Promise<Player> {
  const Hls = await loadHls(new URL('hls.js', document.baseURI));
  if (!Hls.isSupported()) throw new Error('this browser cannot play HLS');
  const hls = new Hls(HLS_CONFIG);
  hls.on(Hls.Events.ERROR, (_event, error) => {
    if (!error.fatal) return;
    if (error.type !== Hls.ErrorTypes.MEDIA_ERROR) {
      setTimeout(() => {
        if (signal.aborted) return;
        if (isRefusal(error)) onRetry();
        hls.loadSource(playlistUrl.href);
      }, RETRY_MS);
      return;
    }
    // This detaches the video and attaches it again, which pauses it.
    hls.recoverMediaError();
    play(video);
  });
  hls.loadSource(playlistUrl.href);
  hls.attachMedia(video);
  play(video);
  return {
    kind: 'hls.js',
    switches: () => 0,
    setPaused: (isPaused) => setPaused(video, isPaused, hls.liveSyncPosition ?? undefined),
    rendition: () => hls.levels[hls.currentLevel]?.uri.split('/').at(-2) ?? '',
    latencyMs: () => possibleMs(serverNowMs() - (hls.playingDate?.getTime() ?? Number.NaN)),
    done: untilEnded(video, signal).then(() => hls.destroy()),
  };
}

/** The box answered, and has no stream now. */
function isRefusal({ details, response }: ErrorData): boolean {
  return details === 'manifestLoadError' && (response?.code ?? 0) >= 400;
}

/** True where the browser plays HLS by itself. */
export function playsHls(video: HTMLVideoElement): boolean {
  return video.canPlayType('application/vnd.apple.mpegurl') !== '';
}

/**
 * For browsers that play HLS by themselves: see {@link playsHls}.
 *
 * @param onRetry Called before each retry: this player does not report why the last try failed.
 */
export function openNative(
  video: HTMLVideoElement,
  playlistUrl: URL,
  serverNowMs: () => number,
  onRetry: () => void,
  signal: AbortSignal,
): Player {
  if (!playsBesideSource(video, playlistUrl)) video.src = playlistUrl.href;
  play(video);
  const retry = () => {
    // The video may be another player's by now.
    if (signal.aborted) return;
    onRetry();
    video.src = playlistUrl.href;
    play(video);
  };
  video.addEventListener('error', () => setTimeout(retry, RETRY_MS), { signal });
  keepAtLiveEdge(video, retry, signal);
  return {
    kind: 'native',
    switches: () => 0,
    setPaused: (isPaused) => setPaused(video, isPaused, liveEdgeS(video)),
    rendition: () => '',
    latencyMs: () => possibleMs(serverNowMs() - startDateMs(video) - video.currentTime * 1000),
    done: untilEnded(video, signal),
  };
}

/**
 * At AirPlay Safari has gone over to the playlist that is beside our source: loaded again, the
 * picture would leave the television.
 */
function playsBesideSource(video: HTMLVideoElement, { href }: URL): boolean {
  const isBeside = video.currentSrc === href && !video.hasAttribute('src');
  return isBeside && !video.ended && video.error === null;
}

function setPaused(video: HTMLVideoElement, isPaused: boolean, liveS: number | undefined): void {
  if (isPaused) {
    pause(video);
    return;
  }
  if (liveS !== undefined) video.currentTime = liveS;
  play(video);
}

async function loadHls({ href }: URL): Promise<typeof HlsType> {
  await new Promise<void>((resolve, reject) => {
    const script = document.createElement('script');
    script.src = href;
    script.addEventListener('load', () => resolve());
    script.addEventListener('error', () => reject(new Error(`${href} could not be loaded`)));
    document.head.append(script);
    setTimeout(() => reject(new Error(`${href} did not come`)), LOAD_MAX_MS);
  });
  return (window as unknown as { Hls: typeof HlsType }).Hls;
}

/** Resolves when the stream has been played to its end, or `signal` is aborted. */
function untilEnded(video: HTMLVideoElement, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    video.addEventListener('ended', () => resolve(), { once: true, signal });
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
}

export interface Finished {
  /** Unix time of the picture on screen, in ms; undefined before the first one. */
  dateMs(): number | undefined;
  /** Gives the video back. */
  close(): void;
}

/** hls.js repairs what the browser could not decode no more often than that. */
const REPAIR_EVERY_MS = 5_000;

/**
 * Safari, whose player knows the dates of the playlist; others that play HLS do not, and hls.js
 * does: Chrome, and most browsers of Android.
 */
function playsFinished(video: HTMLVideoElement): boolean {
  return playsHls(video) && ('getStartDate' in video || !hasMediaSource());
}

/**
 * Plays a finished stream, or one that can be rewound.
 *
 * @param root Where hls.js is. Rejects where hls.js does not load, or does not run here.
 * @param onFailed It does not play any more, and is to be closed.
 */
export async function playFinished(
  video: HTMLVideoElement,
  playlistUrl: URL,
  root: URL,
  onFailed: () => void,
): Promise<Finished> {
  const known = (ms: number) => (Number.isNaN(ms) ? undefined : ms);
  if (playsFinished(video)) {
    const over = new AbortController();
    video.src = playlistUrl.href;
    video.addEventListener('error', onFailed, { signal: over.signal });
    play(video);
    return {
      dateMs: () => known(startDateMs(video) + video.currentTime * 1000),
      close: () => {
        over.abort();
        video.removeAttribute('src');
      },
    };
  }
  video.removeAttribute('src');
  const Hls = await loadHls(new URL('hls.js', root));
  if (!Hls.isSupported()) throw new Error('this browser cannot play HLS');
  const hls = new Hls();
  let repairedMs = Number.NEGATIVE_INFINITY;
  hls.on(Hls.Events.ERROR, (_event, { fatal, type }) => {
    if (!fatal) return;
    const isRepairable = type === Hls.ErrorTypes.MEDIA_ERROR;
    if (!isRepairable || performance.now() - repairedMs < REPAIR_EVERY_MS) return onFailed();
    repairedMs = performance.now();
    const wasPaused = video.paused;
    hls.recoverMediaError();
    if (!wasPaused) play(video);
  });
  hls.loadSource(playlistUrl.href);
  hls.attachMedia(video);
  play(video);
  return {
    dateMs: () => known(hls.playingDate?.getTime() ?? Number.NaN),
    close: () => hls.destroy(),
  };
}

/** Of the playlist, in Safari. */
function startDateMs(video: HTMLVideoElement): number {
  const start = (video as HTMLVideoElement & { getStartDate?: () => Date }).getStartDate?.();
  return start?.getTime() ?? Number.NaN;
}
