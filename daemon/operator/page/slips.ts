import { showPicture } from './dialog.ts';
import { card, h, keep } from './dom.ts';
import { formatTime } from './format.ts';
import type { Part } from './part.ts';

/** The last slips that came out of the printer, the newest first. */
export function openSlips(): Part {
  const list = h('ul', { class: 'slips' });
  const none = h('p', { class: 'calm' }, 'Nothing was printed yet.');
  const element = card('slips', 'Printed', list, none);
  return {
    element,
    update: ({ view }) => {
      none.hidden = view.slips.length > 0;
      keep(
        list,
        view.slips.toReversed(),
        ({ id }) => id,
        ({ id, title, atMs }) => {
          const src = `/slips/${id}.png`;
          const picture = h('img', { src, alt: title, loading: 'lazy' });
          const button = h('button', { type: 'button', class: 'slip' }, picture);
          button.addEventListener('click', () => showPicture(src, title));
          return h('li', {}, button, h('small', {}, `${title}, ${formatTime(atMs)}`));
        },
        () => undefined,
      );
    },
  };
}
