/**
 * Plays the stream in the page's video element while it is wanted and visible: by WebRTC, nearest
 * to the stage, where the box has it.
 */
import { openNative, playsHls } from '../../../../pipelines/player/playback/fallback.ts';
import { openLive, type Player } from '../../../../pipelines/player/playback/live.ts';
import { hasMediaSource } from '../../../../pipelines/player/playback/media-source.ts';
import { hasWebRtc } from '../../../../pipelines/player/playback/rtc/whep.ts';
import { WhepChoice } from '../../../../pipelines/player/playback/rtc/whep-choice.ts';
import type { Model } from '../ui/model.ts';

const RETRY_MS = 1_000;

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
  const { whep, open } = openPlayers(video, () => state.model);

  const play = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      const attempt = new AbortController();
      signal.addEventListener('abort', () => attempt.abort(), { once: true });
      let pauseMs = RETRY_MS;
      try {
        state.player = await open(attempt);
        await state.player.done;
        if (attempt.signal.aborted) pauseMs = 0;
      } catch (error) {
        // There is no picture now: the section shows why, as far as the box knows.
        if (attempt.signal.aborted || whep.hasFailed(error)) pauseMs = 0;
      }
      attempt.abort();
      delete state.player;
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    whep.close();
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

/** By WebRTC, or HLS until that works again. */
function openPlayers(video: HTMLVideoElement, model: () => Model | undefined) {
  const boxNowMs = () => Date.now() + (model()?.streamOffsetMs ?? 0);
  const whep = new WhepChoice(video);
  const open = async (attempt: AbortController): Promise<Player> => {
    const { signal } = attempt;
    const playlistUrl = previewUrl(model());
    // The preview's address is a secret itself: it needs no token.
    const options = { playlistUrl, token: null, serverNowMs: boxNowMs };
    const hasWhep = model()?.viewers.hasWhep === true && hasWebRtc();
    if (hasWhep && whep.isDue) return await whep.open(options, signal);
    const player = await openHls(video, playlistUrl, boxNowMs, signal);
    if (hasWhep) whep.comeBack(options, attempt);
    return player;
  };
  return { whep, open };
}

/** Of the stream for the crew. Throws where this page cannot load it. */
function previewUrl(model: Model | undefined): URL {
  const base = model && viewerUrl(model);
  if (base === undefined) throw new Error('the guests’ page cannot be loaded from here');
  return new URL(`${model?.viewers.previewPath}/live/index.m3u8?profile=phone`, base);
}

async function openHls(
  video: HTMLVideoElement,
  url: URL,
  boxNowMs: () => number,
  signal: AbortSignal,
): Promise<Player> {
  if (hasMediaSource()) return await openLive(video, url, boxNowMs, true, signal);
  if (!playsHls(video)) throw new Error('this browser does not play HLS');
  return openNative(video, url, boxNowMs, () => undefined, signal);
}
