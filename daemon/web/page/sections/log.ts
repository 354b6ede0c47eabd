/** The newest lines of the box's log. */
import { card, h, updateChildren } from '../ui/dom.ts';
import { formatTime } from '../ui/format.ts';
import type { Section } from '../ui/section.ts';

const NEAR_END_PX = 24;

/** Scrolls with new lines while the end of the list is in view. */
export function openLog(): Section {
  const list = h('ol', { class: 'log', tabindex: '0', 'aria-label': 'Log' });
  const faultsOnly = h('input', { type: 'checkbox', id: 'log-faults-only' });
  const label = h('label', { for: 'log-faults-only' }, faultsOnly, 'Only warnings and errors');
  const element = card('log', 'Log', label, list);
  return {
    element,
    update: ({ log }) => {
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
