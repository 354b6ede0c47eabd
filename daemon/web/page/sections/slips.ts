import { showPicture } from '../ui/dialog.ts';
import { card, h, keep, say } from '../ui/dom.ts';
import { formatTime } from '../ui/format.ts';
import { command } from '../ui/request.ts';
import type { Part } from '../ui/section.ts';

const DOCUMENTS = [
  ['address', 'Print the address'],
  ['status', 'Print the state'],
] as const;

/** What can be printed, and the last slips that came out of the printer, the newest first. */
export function openSlips(onError: (error: unknown) => void): Part {
  const told = h('p', { class: 'message', role: 'status' });
  const print = async (document: string) => {
    say(told, 'Printing…');
    say(told, (await command('print', undefined, { document })).detail);
  };
  const buttons = DOCUMENTS.map(([document, label]) => {
    const button = h('button', { type: 'button', class: 'quiet' }, label);
    button.addEventListener('click', () => {
      print(document).catch((error: unknown) => {
        say(told, '');
        onError(error);
      });
    });
    return button;
  });
  const row = h('div', { class: 'row below' }, ...buttons);
  const list = h('ul', { class: 'slips' });
  const none = h('p', { class: 'calm' }, 'Nothing was printed yet.');
  const element = card('slips', 'Printed', list, none, row, told);
  return {
    element,
    update: ({ view }) => {
      row.hidden = view.printer.phase === 'absent';
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
