/** The picture as guests get it, also before the drop is live. It is not counted as a viewer. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import { settingsTexts, stageTexts as text } from '../text/texts.ts';
import { card, h, setText } from '../ui/dom.ts';
import { formatMinute, formatMs } from '../ui/format.ts';
import type { Model } from '../ui/model.ts';
import type { Section } from '../ui/section.ts';
import { openPreview, viewerUrl } from './preview.ts';

/** The box runs the camera for as long as it is asked. */
const ASK_EVERY_MS = 10_000;

/** @param want Runs the camera before the drop has it; left out where somebody else does. */
export function openPicture(want?: (isOn: boolean) => Promise<void>): Section {
  const video = h('video', {
    playsinline: '',
    disableremoteplayback: '',
    'aria-label': text.livePicture,
  });
  video.muted = true;
  const note = h('p', { class: 'note', role: 'status' });
  const delay = h('span', { class: 'behind' });
  const sound = h('button', { type: 'button', class: 'quiet' }, text.unmute);
  const shown = h('button', { type: 'button', class: 'quiet' }, text.hidePicture);
  const link = h('a', { target: '_blank', rel: 'noreferrer' }, text.guestsPage);
  const stage = h('div', { class: 'stage' }, video, note);
  const early = want && openEarly(want);
  const row = h('div', { class: 'row below' }, early?.element, shown, sound, link, delay);
  const element = card('picture', text.picture, stage, row);
  const preview = openPreview(video);
  shown.addEventListener('click', () => {
    preview.setWanted(!preview.isWanted());
    setText(shown, preview.isWanted() ? text.hidePicture : text.showPicture);
  });
  sound.addEventListener('click', () => {
    video.muted = !video.muted;
    setText(sound, video.muted ? text.unmute : text.mute);
  });
  return {
    element,
    close: () => {
      early?.stop();
      preview.close();
    },
    update: (model, nowMs) => {
      const url = viewerUrl(model);
      link.href = url?.href ?? '';
      link.hidden = url === undefined;
      preview.update(model);
      early?.update(model);
      const latencyMs = preview.latencyMs();
      const time = latencyMs === undefined ? undefined : formatMs(latencyMs);
      setText(delay, time === undefined ? '' : fill(text.behind, { time }));
      const isShown = video.readyState >= 2;
      setText(note, preview.isWanted() ? whyNoPicture(model, nowMs, isShown) : text.pictureHidden);
      note.hidden = note.textContent === '';
    },
  };
}

/** A button that runs the camera while the drop has not begun. */
function openEarly(want: (isOn: boolean) => Promise<void>) {
  const element = h('button', { type: 'button', class: 'quiet' }, settingsTexts.testPreview);
  let timer: ReturnType<typeof setInterval> | undefined;
  const ask = () => void want(true).catch(() => undefined);
  const set = (isOn: boolean) => {
    clearInterval(timer);
    timer = isOn ? setInterval(ask, ASK_EVERY_MS) : undefined;
    element.setAttribute('aria-pressed', String(isOn));
  };
  const stop = () => {
    if (timer === undefined) return;
    set(false);
    want(false).catch(() => undefined);
  };
  element.addEventListener('click', () => {
    if (timer !== undefined) return stop();
    set(true);
    ask();
  });
  set(false);
  return {
    element,
    stop,
    update: ({ view: { drop, media } }: Model) => {
      element.hidden = media?.edge !== undefined || drop.phase !== 'idle';
      // The drop has the camera now.
      if (element.hidden && timer !== undefined) set(false);
    },
  };
}

/** Empty where there is one. */
export function whyNoPicture({ view, viewers }: Model, nowMs: number, isShown: boolean): string {
  if (viewerUrl({ viewers }) === undefined) {
    return text.pictureBlocked;
  }
  if (view.media === undefined || !view.media.isFlowing) {
    const { phase } = view.drop;
    const isEdge = view.media?.edge !== undefined;
    if (isEdge || (phase !== 'idle' && phase !== 'fault')) {
      return fill(text.noPicture, { device: view.camera });
    }
    const { endServedUntilMs } = view;
    if (endServedUntilMs === undefined) return text.cameraOff;
    return fill(text.endServed, { time: formatMinute(endServedUntilMs, nowMs) });
  }
  return isShown ? '' : text.pictureLoading;
}
