import { card, h, keep } from '../ui/dom.ts';
import { formatTime } from '../ui/format.ts';
import type { Part } from '../ui/section.ts';

const NEAR_END_PX = 24;

/** The journal's newest lines; it follows them while its end is in sight. */
export function openJournal(): Part {
  const list = h('ol', { class: 'journal', tabindex: '0', 'aria-label': 'Journal' });
  const only = h('input', { type: 'checkbox', id: 'journal-only' });
  const label = h('label', { for: 'journal-only' }, only, 'Only what went wrong');
  const element = card('journal', 'Journal', label, list);
  return {
    element,
    update: ({ log }) => {
      const lines = only.checked
        ? log.filter(({ level }) => level === 'warn' || level === 'error')
        : log;
      const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX;
      keep(
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
