/** Alerts: what is wrong and what to do, the most severe first. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { Alert } from '../../../model/snapshot.ts';
import { crewTexts, fromBox, stageTexts as text } from '../text/texts.ts';
import { type AlertAction, actionOf, isForCrew } from '../ui/alert-actions.ts';
import { card, h, setAttribute, setText, updateChildren } from '../ui/dom.ts';
import { formatSpan } from '../ui/format.ts';
import type { Section } from '../ui/section.ts';

const RANK = { critical: 0, warning: 1, info: 2 } as const;
const LABELS = { critical: text.actNow, warning: text.check, info: text.note } as const;

/**
 * @param isCrew Hosts are shown no button that is for the crew.
 * @param act Does what a button of an alert says.
 */
export function openAlerts(isCrew: boolean, act: (action: AlertAction) => void): Section {
  const list = h('ul', { class: 'alerts', 'aria-live': 'polite' });
  const none = h('p', { class: 'calm' }, text.allWell);
  const element = card('alerts', text.alerts, list, none);
  return {
    element,
    update: ({ view }, nowMs) => {
      const warnings = [...view.warnings].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
      none.hidden = warnings.length > 0;
      setAttribute(element, 'data-severity', warnings[0]?.severity);
      updateChildren(
        list,
        warnings,
        ({ key }) => key,
        (warning) => renderAlert(warning, isCrew, act),
        (item, { severity, text: title, advice, detail, sinceMs }) => {
          setAttribute(item, 'data-severity', severity);
          const [label, what, since, how, why] = item.children;
          if (!label || !what || !since || !how || !why) return;
          setText(label, LABELS[severity]);
          setText(what, fromBox(title));
          setText(since, fill(text.forTime, { time: formatSpan((nowMs - sinceMs) / 1000) }));
          setText(how, fromBox(advice));
          setText(why, detail ?? '');
        },
      );
    },
  };
}

function renderAlert(
  { key }: Alert,
  isCrew: boolean,
  act: (action: AlertAction) => void,
): HTMLElement {
  const action = actionOf(key);
  return h(
    'li',
    {},
    h('span', { class: 'word' }),
    h('strong'),
    h('span', { class: 'since', 'aria-hidden': 'true' }),
    h('p'),
    h('small'),
    action && (isCrew || !isForCrew(action) ? buttonOf(action, act) : forCrew()),
  );
}

function buttonOf(action: AlertAction, act: (action: AlertAction) => void): HTMLElement {
  const button = h('button', { type: 'button', class: 'quiet' }, action.label);
  button.addEventListener('click', () => act(action));
  return button;
}

function forCrew(): HTMLElement {
  return h('p', { class: 'hint' }, crewTexts.forCrew);
}
