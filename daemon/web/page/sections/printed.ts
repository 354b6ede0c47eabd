/** Documents to print, and the last printed slips, the newest first. */
import { fromBox, boxTexts as text } from '../text/texts.ts';
import { showPicture } from '../ui/dialog.ts';
import { card, h, openMessage, setText, updateChildren } from '../ui/dom.ts';
import { formatTime } from '../ui/format.ts';
import { runCommand } from '../ui/request.ts';
import type { Section } from '../ui/section.ts';
import { openPrintJobs } from './print-jobs.ts';

const DOCUMENTS = [
  ['address', text.printAddress],
  ['status', text.printStatus],
  ['sticker', text.printSticker],
] as const;
/** A sticker is a picture already. */
const PREVIEWS = [
  ['address', text.previewAddress, text.addressNotPrinted],
  ['status', text.previewStatus, text.statusNotPrinted],
] as const;

export function openPrinted(onError: (error: unknown) => void): Section {
  const { message, fail } = openMessage(onError);
  const print = async (document: string) => {
    setText(message, text.printing);
    setText(message, fromBox((await runCommand('print', undefined, { document })).detail));
  };
  const buttons = DOCUMENTS.map(([document, label]) => {
    const button = h('button', { type: 'button', class: 'quiet' }, label);
    button.addEventListener('click', () => {
      button.disabled = true;
      print(document)
        .catch(fail)
        .finally(() => {
          button.disabled = false;
        });
    });
    return button;
  });
  const previews = PREVIEWS.map(([document, label, title]) => {
    const button = h('button', { type: 'button', class: 'quiet' }, label);
    // A new one each time: the state changes.
    const show = () => showPicture(`/prints/${document}.png?${Date.now()}`, title);
    button.addEventListener('click', show);
    return button;
  });
  const row = h('div', { class: 'row below' }, ...buttons, ...previews);
  const jobs = openPrintJobs((result) => setText(message, result), onError);
  const list = h('ul', { class: 'slips' });
  const none = h('p', { class: 'calm' }, text.nothingPrinted);
  const element = card('slips', text.printedSlips, list, none, jobs.element, row, message);
  return {
    element,
    update: ({ view }) => {
      row.hidden = view.printer.phase === 'absent';
      none.hidden = view.slips.length > 0 || view.printJobs.length > 0;
      jobs.update(view.printJobs);
      updateChildren(
        list,
        [...view.slips].reverse(),
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
