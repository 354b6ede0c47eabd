/** The picture as guests get it, also before the drop is live. It is not counted as a viewer. */
import { card, h, setText } from '../ui/dom.ts';
import { formatMs } from '../ui/format.ts';
import type { Model } from '../ui/model.ts';
import type { Section } from '../ui/section.ts';
import { openPreview, viewerUrl } from './preview.ts';

export function openPicture(): Section {
  const video = h('video', {
    playsinline: '',
    disableremoteplayback: '',
    'aria-label': 'Live picture',
  });
  video.muted = true;
  const note = h('p', { class: 'note', role: 'status' });
  const delay = h('span', { class: 'behind' });
  const sound = h('button', { type: 'button', class: 'quiet' }, 'Unmute');
  const shown = h('button', { type: 'button', class: 'quiet' }, 'Hide picture');
  const link = h('a', { target: '_blank', rel: 'noreferrer' }, 'Guests’ page');
  const stage = h('div', { class: 'stage' }, video, note);
  const row = h('div', { class: 'row below' }, shown, sound, link, delay);
  const element = card('picture', 'Picture', stage, row);
  const preview = openPreview(video);
  shown.addEventListener('click', () => {
    preview.setWanted(!preview.isWanted());
    setText(shown, preview.isWanted() ? 'Hide picture' : 'Show picture');
  });
  sound.addEventListener('click', () => {
    video.muted = !video.muted;
    setText(sound, video.muted ? 'Unmute' : 'Mute');
  });
  return {
    element,
    close: preview.close,
    update: (model) => {
      const url = viewerUrl(model);
      link.href = url?.href ?? '';
      link.hidden = url === undefined;
      preview.update(model);
      const latencyMs = preview.latencyMs();
      setText(delay, latencyMs === undefined ? '' : `${formatMs(latencyMs)} behind`);
      setText(note, whyNoPicture(model, preview.isWanted(), video.readyState >= 2));
      note.hidden = note.textContent === '';
    },
  };
}

function whyNoPicture({ view, viewers }: Model, isWanted: boolean, isShown: boolean): string {
  if (!isWanted) return 'The picture is hidden.';
  if (viewerUrl({ viewers }) === undefined) {
    return 'This page uses HTTPS and the guests’ page does not, so the browser blocks the picture. Set viewers.tls.';
  }
  if (view.media === undefined || !view.media.isFlowing) {
    const { phase } = view.drop;
    const isEdge = view.media?.edge !== undefined;
    return !isEdge && (phase === 'idle' || phase === 'fault')
      ? 'The camera is off until you run the checks, arm or go live.'
      : `No picture from the camera (${view.camera}).`;
  }
  return isShown ? '' : 'The picture is loading…';
}
