/** The drop's phase, and the buttons that send commands to the box. */
import type { EdgeReport, UpstreamState } from '../../../../pipelines/edge/state.ts';
import type { View } from '../../protocol.ts';
import { type Action, actionsOf, HOLD_MS, SHUT_DOWN, stageOf } from '../ui/actions.ts';
import { confirmBy } from '../ui/dialog.ts';
import { card, h, setAttribute, setText, updateChildren } from '../ui/dom.ts';
import { formatClock, formatMinute } from '../ui/format.ts';
import { wireHold } from '../ui/hold-button.ts';
import { runCommand } from '../ui/request.ts';
import type { Section } from '../ui/section.ts';
import { openCommandResult } from './command-result.ts';

export function openCommands(onError: (error: unknown) => void): Section {
  const phase = h('p', { class: 'big' });
  const since = h('p', { class: 'since' });
  const reason = h('p', { class: 'reason' });
  const buttons = h('div', { class: 'row actions' });
  const more = h('div', { class: 'row more' });
  const result = openCommandResult();
  let view: View | undefined;

  const run = (action: Action) => {
    if (view === undefined) return;
    const { verb, args } = action;
    result.follow(action, runCommand(verb, view.drop.phase, args)).catch(onError);
  };
  const render = (action: Action) => renderButton(action, result.setText, () => run(action));
  const update = (row: HTMLElement, actions: readonly Action[], from: string) => {
    const keyOf = ({ verb, label }: Action) => `${from} ${verb} ${label}`;
    updateChildren(row, actions, keyOf, render, () => undefined);
  };
  update(more, [SHUT_DOWN], '');
  const results = h('div', {}, ...result.elements);
  const element = card('drop', 'Drop', phase, since, reason, buttons, results, more);
  return {
    element,
    update: (model, nowMs) => {
      view = model.view;
      const { drop, media, sources } = view;
      const hasSecond = sources?.camera.second !== undefined;
      const edge = media?.edge;
      const stage = stageOf(view);
      setText(phase, stage.name);
      setAttribute(phase, 'data-phase', stage.phase);
      const time = formatClock(nowMs - drop.sinceMs);
      setText(since, `for ${time}, since ${formatMinute(drop.sinceMs, nowMs)}`);
      setText(reason, edge === undefined ? (drop.reason ?? '') : edgeLine(edge));
      const hadFocus = buttons.contains(document.activeElement);
      update(buttons, edge === undefined ? actionsOf(drop.phase, hasSecond) : [], drop.phase);
      // A user of the keyboard stays at the commands when the pressed button goes.
      const hasFocus = buttons.contains(document.activeElement);
      if (hadFocus && !hasFocus) buttons.querySelector('button')?.focus();
      result.update(model);
    },
  };
}

const UPSTREAM: Readonly<Record<UpstreamState['phase'], string>> = {
  asking: 'connecting',
  waiting: 'connected, waiting for its drop',
  live: 'on air',
  away: 'not reachable',
};

/** Drops are started and ended on the box with the camera. */
function edgeLine({ upstream: { url, phase, reason } }: EdgeReport): string {
  const why = reason === undefined ? '' : ` (${reason})`;
  return `Shows the stream of ${url}: ${UPSTREAM[phase]}${why}. Start and end drops there.`;
}

function renderButton(
  action: Action,
  showHint: (text: string) => void,
  run: () => void,
): HTMLButtonElement {
  const { label, hint, gesture, variant, verb } = action;
  const button = h('button', { type: 'button', class: variant, 'data-verb': verb }, label);
  if (hint !== undefined) button.append(h('small', {}, hint));
  const confirm = () => {
    void confirmBy(`${label}?`, CONSEQUENCES[verb] ?? '', label).then((isConfirmed) => {
      if (isConfirmed) run();
    });
  };
  if (gesture === 'press') button.addEventListener('click', run);
  if (gesture === 'confirm') button.addEventListener('click', confirm);
  if (gesture === 'hold') {
    button.setAttribute('aria-description', 'Hold for one second');
    wireHold(button, HOLD_MS, {
      onHeld: run,
      onTooShort: () => showHint(`Hold ${label} for one second.`),
      onClicked: confirm,
    });
  }
  return button;
}

const CONSEQUENCES: Readonly<Record<string, string>> = {
  'go-live': 'Everyone who opened the page sees the picture and hears the sound.',
  end: 'The stream ends for all viewers, and the recordings are closed.',
  'shut-down':
    'The drop ends, the recordings are closed, and the box switches off. To start it again, someone has to be at the box.',
};
