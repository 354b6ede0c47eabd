import type { View } from '../wire.ts';
import { type Action, actionsOf, HOLD_MS, phaseName, SHUT_DOWN } from './actions.ts';
import { command, type Outcome } from './ask.ts';
import { confirmBy } from './dialog.ts';
import { card, h, keep, mark, say } from './dom.ts';
import { formatClock } from './format.ts';
import { wireHold } from './hold-button.ts';
import type { Part } from './part.ts';

/** Where the drop stands, and what can be asked of the box. */
export function openCommands(onError: (error: unknown) => void): Part {
  const phase = h('p', { class: 'big' });
  const since = h('p', { class: 'since' });
  const reason = h('p', { class: 'reason' });
  const buttons = h('div', { class: 'row actions' });
  const more = h('div', { class: 'row more' });
  const progress = h('progress', { max: '1', 'aria-label': 'Progress', hidden: '' });
  const message = h('p', { class: 'message', role: 'status' });
  let view: View | undefined;
  let isBusy = false;

  const run = async (action: Action) => {
    const from = view?.drop.phase;
    if (isBusy || from === undefined) return;
    isBusy = true;
    message.classList.remove('bad');
    say(message, `${action.label}…`);
    try {
      const outcome = await command(action.verb, from);
      message.classList.toggle('bad', outcome.status !== 'done');
      say(message, explain(action, outcome));
    } catch (error) {
      say(message, '');
      onError(error);
    } finally {
      isBusy = false;
      progress.hidden = true;
    }
  };
  const make = (action: Action) => makeButton(action, message, () => void run(action));
  keep(
    more,
    [SHUT_DOWN],
    ({ verb }) => verb,
    make,
    () => undefined,
  );

  const element = card('drop', 'Drop', phase, since, reason, buttons, progress, message, more);
  return {
    element,
    update: (model, nowMs) => {
      view = model.view;
      const { drop } = view;
      say(phase, phaseName(drop.phase));
      mark(element, 'data-phase', drop.phase);
      say(since, `for ${formatClock(nowMs - drop.sinceMs)}${dropName(drop.dropId)}`);
      say(reason, drop.reason ?? '');
      const keyOf = ({ verb, label }: Action) => `${drop.phase} ${verb} ${label}`;
      const hadFocus = buttons.contains(document.activeElement);
      keep(buttons, actionsOf(drop.phase), keyOf, make, () => undefined);
      // Whoever works by keyboard stays where the commands are.
      if (hadFocus && !buttons.contains(document.activeElement))
        buttons.querySelector('button')?.focus();
      if (!isBusy || model.progress === undefined) return;
      const { detail, ratio } = model.progress;
      say(message, detail);
      progress.hidden = ratio === undefined;
      if (ratio !== undefined) progress.value = ratio;
    },
  };
}

function dropName(dropId: string | undefined): string {
  return dropId === undefined ? '' : ` · ${dropId}`;
}

function explain({ label }: Action, outcome: Outcome): string {
  if (outcome.status === 'done') return outcome.detail;
  return `${label}: ${outcome.detail}`;
}

function makeButton(action: Action, message: HTMLElement, run: () => void): HTMLButtonElement {
  const { label, by, look, verb } = action;
  const button = h('button', { type: 'button', class: look, 'data-verb': verb }, label);
  const confirm = () => {
    void confirmBy(`${label}?`, WHAT_HAPPENS[verb] ?? '', label).then((isMeant) => {
      if (isMeant) run();
    });
  };
  if (by === 'press') button.addEventListener('click', run);
  if (by === 'confirm') button.addEventListener('click', confirm);
  if (by === 'hold') {
    button.append(h('small', {}, 'hold'));
    button.setAttribute('aria-description', 'Hold for one second');
    wireHold(button, HOLD_MS, {
      onHeld: run,
      onTooShort: () => say(message, `Hold ${label} for one second.`),
      onAsked: confirm,
    });
  }
  return button;
}

const WHAT_HAPPENS: Readonly<Record<string, string>> = {
  'go-live': 'The picture and the sound go out to everybody who watches.',
  end: 'The stream ends for everybody who watches, and the recordings are closed.',
  'shut-down':
    'The drop ends, the recordings are closed, and the machine is switched off. To start it again, somebody must be there.',
};
