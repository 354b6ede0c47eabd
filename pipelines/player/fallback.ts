import type HlsType from 'hls.js';
import type { ErrorData } from 'hls.js';
import type { Player } from './live.ts';
import { possibleMs } from './report.ts';

/** Settings with which hls.js comes nearest to the edge; see the README's figures. */
const HLS_CONFIG = {
  lowLatencyMode: true,
  maxLiveSyncPlaybackRate: 1.5,
  liveSyncDuration: 0.4,
  backBufferLength: 10,
  liveSyncOnStallIncrease: 0.2,
  startLevel: 0,
  // It is asked for again below, so that each refusal is seen.
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

/**
 * hls.js from this box, for browsers with Media Source Extensions that our player does not run in.
 *
 * @param beginAnew Called before it asks again for a stream that was refused.
 */
export async function openHlsJs(
  video: HTMLVideoElement,
  playlistUrl: URL,
  serverNowMs: () => number,
  beginAnew: () => void,
  signal: AbortSignal,
): Promise<Player | undefined> {
  await loadScript('/hls.js');
  const Hls = (window as unknown as { Hls: typeof HlsType }).Hls;
  if (!Hls.isSupported()) return undefined;
  const hls = new Hls(HLS_CONFIG);
  hls.on(Hls.Events.ERROR, (_event, error) => {
    if (!error.fatal) return;
    if (error.type !== Hls.ErrorTypes.MEDIA_ERROR) {
      setTimeout(() => {
        if (isRefusal(error)) beginAnew();
        hls.loadSource(playlistUrl.href);
      }, RETRY_MS);
      return;
    }
    // It takes the video off its source and puts it back, which pauses it.
    hls.recoverMediaError();
    video.play().catch(() => undefined);
  });
  hls.loadSource(playlistUrl.href);
  hls.attachMedia(video);
  video.play().catch(() => undefined);
  return {
    kind: 'hls.js',
    rendition: () => hls.levels[hls.currentLevel]?.uri.split('/').at(-2) ?? '',
    latencyMs: () => possibleMs(serverNowMs() - (hls.playingDate?.getTime() ?? Number.NaN)),
    done: untilAborted(signal).then(() => hls.destroy()),
  };
}

/** The box answered, and has no playlist to choose from. */
function isRefusal({ details, response }: ErrorData): boolean {
  return details === 'manifestLoadError' && (response?.code ?? 0) >= 400;
}

/**
 * Apple's own player, where the browser plays HLS by itself.
 *
 * @param beginAnew Called before each new try: this player does not tell why the last one failed.
 */
export function openNative(
  video: HTMLVideoElement,
  playlistUrl: URL,
  serverNowMs: () => number,
  beginAnew: () => void,
  signal: AbortSignal,
): Player | undefined {
  if (video.canPlayType('application/vnd.apple.mpegurl') === '') return undefined;
  video.src = playlistUrl.href;
  video.play().catch(() => undefined);
  video.addEventListener('error', () => {
    if (signal.aborted) return;
    setTimeout(() => {
      beginAnew();
      video.src = playlistUrl.href;
      video.play().catch(() => undefined);
    }, RETRY_MS);
  });
  return {
    kind: 'native',
    rendition: () => '',
    latencyMs: () => {
      const start = (video as HTMLVideoElement & { getStartDate?: () => Date }).getStartDate?.();
      const startMs = start?.getTime() ?? Number.NaN;
      return possibleMs(serverNowMs() - startMs - video.currentTime * 1000);
    },
    done: untilAborted(signal),
  };
}

function loadScript(src: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = src;
    script.addEventListener('load', () => resolve());
    script.addEventListener('error', () => reject(new Error(`${src} does not load`)));
    document.head.append(script);
  });
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
