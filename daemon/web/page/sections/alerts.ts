/** Alerts: what is wrong and what to do, the most severe first. */
import { card, h, setAttribute, setText, updateChildren } from '../ui/dom.ts';
import { formatSpan } from '../ui/format.ts';
import type { Section } from '../ui/section.ts';

const RANK = { critical: 0, warning: 1, info: 2 } as const;
const LABELS = { critical: 'Act now', warning: 'Check', info: 'Note' } as const;

export function openAlerts(): Section {
  const list = h('ul', { class: 'alerts', 'aria-live': 'polite' });
  const none = h('p', { class: 'calm' }, 'Everything is working.');
  const element = card('alerts', 'Alerts', list, none);
  return {
    element,
    update: ({ view }, nowMs) => {
      const warnings = view.warnings.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
      none.hidden = warnings.length > 0;
      setAttribute(element, 'data-severity', warnings[0]?.severity);
      updateChildren(
        list,
        warnings,
        ({ key }) => key,
        renderAlert,
        (item, { severity, text, advice, detail, sinceMs }) => {
          setAttribute(item, 'data-severity', severity);
          const [label, what, since, how, why] = item.children;
          if (!label || !what || !since || !how || !why) return;
          setText(label, LABELS[severity]);
          setText(what, text);
          setText(since, `for ${formatSpan((nowMs - sinceMs) / 1000)}`);
          setText(how, advice);
          setText(why, detail ?? '');
        },
      );
    },
  };
}

function renderAlert(): HTMLElement {
  return h(
    'li',
    {},
    h('span', { class: 'word' }),
    h('strong'),
    h('span', { class: 'since', 'aria-hidden': 'true' }),
    h('p'),
    h('small'),
  );
}
