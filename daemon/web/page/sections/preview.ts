/** Plays the stream in the page's video element while it is wanted and visible. */
import { openNative, playsHls } from '../../../../pipelines/player/playback/fallback.ts';
import { openLive, type Player } from '../../../../pipelines/player/playback/live.ts';
import { hasMediaSource } from '../../../../pipelines/player/playback/media-source.ts';
import type { Model } from '../ui/model.ts';

const RETRY_MS = 2_000;

export interface Preview {
  isWanted(): boolean;
  setWanted(isWanted: boolean): void;
  /** How far the shown picture is behind the stage; undefined while nothing plays. */
  latencyMs(): number | undefined;
  update(model: Model): void;
  close(): void;
}

export function openPreview(video: HTMLVideoElement): Preview {
  const state: { model?: Model; isWanted: boolean; player?: Player; playing?: AbortController } = {
    isWanted: true,
  };
  const boxNowMs = () => Date.now() + (state.model?.streamOffsetMs ?? 0);

  const play = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      const attempt = new AbortController();
      signal.addEventListener('abort', () => attempt.abort(), { once: true });
      try {
        state.player = await openPlayer(video, state.model, boxNowMs, attempt.signal);
        await state.player.done;
      } catch {
        // There is no picture now: the section shows why, as far as the box knows.
      }
      attempt.abort();
      delete state.player;
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  };
  const startOrStop = () => {
    const isOn = state.isWanted && !document.hidden && state.model !== undefined;
    if (isOn && state.playing === undefined) {
      state.playing = new AbortController();
      void play(state.playing.signal);
    }
    if (isOn || state.playing === undefined) return;
    state.playing.abort();
    delete state.playing;
    video.removeAttribute('src');
    video.load();
  };
  document.addEventListener('visibilitychange', startOrStop);
  return {
    isWanted: () => state.isWanted,
    setWanted: (isWanted) => {
      state.isWanted = isWanted;
      startOrStop();
    },
    latencyMs: () => state.player?.latencyMs(),
    update: (model) => {
      state.model = model;
      startOrStop();
    },
    close: () => {
      document.removeEventListener('visibilitychange', startOrStop);
      delete state.model;
      startOrStop();
    },
  };
}

/** The guests' page on the host of this page. Undefined where the browser would block it. */
export function viewerUrl({ viewers }: Pick<Model, 'viewers'>): URL | undefined {
  if (location.protocol === 'http:') return new URL(`http://${location.hostname}:${viewers.port}/`);
  if (viewers.tlsPort === undefined) return undefined;
  return new URL(`https://${location.hostname}:${viewers.tlsPort}/`);
}

async function openPlayer(
  video: HTMLVideoElement,
  model: Model | undefined,
  boxNowMs: () => number,
  signal: AbortSignal,
): Promise<Player> {
  const base = model && viewerUrl(model);
  if (base === undefined) throw new Error('the guests’ page cannot be loaded from here');
  const url = new URL(`${model?.viewers.previewPath}/live/index.m3u8?profile=phone`, base);
  if (hasMediaSource()) return await openLive(video, url, boxNowMs, true, signal);
  if (!playsHls(video)) throw new Error('this browser does not play HLS');
  return openNative(video, url, boxNowMs, () => undefined, signal);
}
