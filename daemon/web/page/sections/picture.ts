import { openNative } from '../../../../pipelines/player/fallback.ts';
import { canRunLive, openLive, type Player } from '../../../../pipelines/player/live.ts';
import { card, h, say } from '../ui/dom.ts';
import { formatMs } from '../ui/format.ts';
import type { Model } from '../ui/model.ts';
import type { Part } from '../ui/section.ts';

const RETRY_MS = 2_000;

/**
 * The picture as guests get it, from the viewers' port, and before they do: from the
 * checks on. It reports no viewer: the crew does not count as the audience.
 */
export function openPicture(): Part {
  const video = h('video', {
    playsinline: '',
    disableremoteplayback: '',
    'aria-label': 'Live picture',
  });
  video.muted = true;
  const note = h('p', { class: 'note', role: 'status' });
  const figure = h('span', { class: 'behind' });
  const sound = h('button', { type: 'button', class: 'quiet' }, 'Sound on');
  const power = h('button', { type: 'button', class: 'quiet' }, 'Picture off');
  const link = h('a', { target: '_blank', rel: 'noreferrer' }, 'Guests’ page');
  const stage = h('div', { class: 'stage' }, video, note);
  const element = card(
    'picture',
    'Picture',
    stage,
    h('div', { class: 'row below' }, power, sound, link, figure),
  );
  let model: Model | undefined;
  let isWanted = true;
  let player: Player | undefined;
  let playing: AbortController | undefined;

  const play = async (ending: AbortController) => {
    const { signal } = ending;
    while (!signal.aborted) {
      const attempt = new AbortController();
      signal.addEventListener('abort', () => attempt.abort(), { once: true });
      try {
        const boxNowMs = () => Date.now() + (model?.offsetMs ?? 0);
        player = await openPlayer(video, model, boxNowMs, attempt.signal);
        await player.done;
      } catch {
        // The picture is away: the note says why, as far as the box knows.
      }
      attempt.abort();
      player = undefined;
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  };
  const sync = () => {
    const isOn = isWanted && !document.hidden && model !== undefined;
    if (isOn && playing === undefined) {
      playing = new AbortController();
      void play(playing);
    }
    if (isOn || playing === undefined) return;
    playing.abort();
    playing = undefined;
    video.removeAttribute('src');
    video.load();
  };
  power.addEventListener('click', () => {
    isWanted = !isWanted;
    say(power, isWanted ? 'Picture off' : 'Picture on');
    sync();
  });
  sound.addEventListener('click', () => {
    video.muted = !video.muted;
    say(sound, video.muted ? 'Sound on' : 'Sound off');
  });
  document.addEventListener('visibilitychange', sync);
  return {
    element,
    close: () => {
      document.removeEventListener('visibilitychange', sync);
      model = undefined;
      sync();
    },
    update: (next) => {
      model = next;
      link.href = viewerUrl(next)?.href ?? '';
      link.hidden = viewerUrl(next) === undefined;
      sync();
      const behindMs = player?.latencyMs();
      say(figure, behindMs === undefined ? '' : `${formatMs(behindMs)} behind`);
      say(note, whyDark(next, isWanted, video.readyState >= 2));
      note.hidden = note.textContent === '';
    },
  };
}

function whyDark({ view, viewers }: Model, isWanted: boolean, isShown: boolean): string {
  if (!isWanted) return 'The picture is off.';
  if (viewerUrl({ viewers }) === undefined)
    return 'This page came by HTTPS, and viewers are served without: see viewers.tls.';
  if (view.media === undefined || !view.media.isFlowing) {
    const { phase } = view.drop;
    const isEdge = view.media?.edge !== undefined;
    return !isEdge && (phase === 'idle' || phase === 'fault')
      ? 'The camera rests until the checks run.'
      : `No picture comes from ${view.camera}.`;
  }
  return isShown ? '' : 'The picture is coming…';
}

/** Where guests watch, on the host of this page. Undefined when this page may not load it. */
function viewerUrl({ viewers }: Pick<Model, 'viewers'>): URL | undefined {
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
  if (base === undefined) throw new Error('no viewers to join');
  const url = new URL(`${model?.viewers.previewPath}/live/index.m3u8?profile=phone`, base);
  if (canRunLive()) return await openLive(video, url, boxNowMs, true, signal);
  const native = openNative(video, url, boxNowMs, () => undefined, signal);
  if (native === undefined) throw new Error('this browser plays no HLS');
  return native;
}
