import { card, h, keep, mark, say } from '../ui/dom.ts';
import { formatSpan } from '../ui/format.ts';
import type { Part } from '../ui/section.ts';

const RANK = { critical: 0, warning: 1, info: 2 } as const;
const WORD = { critical: 'Act now', warning: 'Look', info: 'Note' } as const;

/** What is wrong and what to do about it, the worst first. */
export function openAlerts(): Part {
  const list = h('ul', { class: 'alerts', 'aria-live': 'polite' });
  const calm = h('p', { class: 'calm' }, 'All is well.');
  const element = card('alerts', 'Alerts', list, calm);
  return {
    element,
    update: ({ view }, nowMs) => {
      const warnings = view.warnings.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
      calm.hidden = warnings.length > 0;
      mark(element, 'data-severity', warnings[0]?.severity);
      keep(
        list,
        warnings,
        ({ key }) => key,
        () =>
          h(
            'li',
            {},
            h('span', { class: 'word' }),
            h('strong'),
            h('span', { class: 'since', 'aria-hidden': 'true' }),
            h('p'),
            h('small'),
          ),
        (item, { severity, text, advice, detail, sinceMs }) => {
          mark(item, 'data-severity', severity);
          const [word, what, since, how, why] = item.children;
          if (!word || !what || !since || !how || !why) return;
          say(word, WORD[severity]);
          say(what, text);
          say(since, formatSpan((nowMs - sinceMs) / 1000));
          say(how, advice);
          say(why, detail ?? '');
        },
      );
    },
  };
}
