/** The newest lines of the box's log. */
import type { LogLine } from '../../log-tail.ts';
import { stageTexts as text } from '../text/texts.ts';
import { card, h, updateChildren } from '../ui/dom.ts';
import { formatTime } from '../ui/format.ts';
import { askJson } from '../ui/request.ts';
import type { Section } from '../ui/section.ts';

const NEAR_END_PX = 24;

/** Scrolls with new lines while the end of the list is in view. */
export function openLog(): Section {
  const list = h('ol', { class: 'log', tabindex: '0', 'aria-label': text.log });
  const faultsOnly = h('input', { type: 'checkbox', id: 'log-faults-only' });
  const label = h('label', { for: 'log-faults-only' }, faultsOnly, text.onlyFaults);
  const search = h('input', {
    type: 'search',
    placeholder: text.search,
    'aria-label': text.searchLog,
  });
  const found: { words: string; lines: readonly LogLine[] } = { words: '', lines: [] };
  search.addEventListener('input', () => {
    const words = search.value.trim();
    found.words = words;
    if (words === '') return;
    // Older lines than the page has.
    askJson('GET', `/log?q=${encodeURIComponent(words)}`).then(
      (lines) => {
        if (found.words === words) found.lines = lines as readonly LogLine[];
      },
      () => undefined,
    );
  });
  const row = h('div', { class: 'row' }, label, search);
  const element = card('log', text.log, row, list);
  return {
    element,
    update: ({ log: newest }) => {
      const log = found.words === '' ? newest : found.lines;
      const lines = faultsOnly.checked
        ? log.filter(({ level }) => level === 'warn' || level === 'error')
        : log;
      const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX;
      updateChildren(
        list,
        lines,
        ({ seq }) => String(seq),
        ({ atMs, level, message, fields }) =>
          h(
            'li',
            { 'data-level': level },
            h('time', {}, formatTime(atMs)),
            h('b', {}, level),
            h('span', {}, message),
            h('span', { class: 'fields' }, fields),
          ),
        () => undefined,
      );
      if (isAtEnd) list.scrollTop = list.scrollHeight;
    },
  };
}
