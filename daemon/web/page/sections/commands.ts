/** The drop's phase, and the buttons that send commands to the box. */

import type { EdgeReport, UpstreamState } from '../../../../pipelines/edge/state.ts';
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { DropPhase } from '../../../model/snapshot.ts';
import type { View } from '../../protocol.ts';
import { fromBox, stageTexts as text } from '../text/texts.ts';
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

  const run = (action: Action, pressedIn: DropPhase | undefined) => {
    if (pressedIn === undefined) return;
    const { verb, args } = action;
    result.follow(action, runCommand(verb, pressedIn, args)).catch(onError);
  };
  const titleOf = () => view?.plannedDrops?.shown.title ?? '';
  const phaseOf = () => view?.drop.phase;
  const render = (action: Action) =>
    renderButton(action, {
      ...{ showHint: result.setText, phaseOf, titleOf },
      run: (pressedIn) => run(action, pressedIn),
    });
  const update = (row: HTMLElement, actions: readonly Action[], from: string) => {
    const keyOf = ({ verb, label }: Action) => `${from} ${verb} ${label}`;
    updateChildren(row, actions, keyOf, render);
  };
  update(more, [SHUT_DOWN], '');
  const results = h('div', {}, ...result.elements);
  const element = card('drop', text.drop, phase, since, reason, buttons, results, more);
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
      setText(since, fill(text.sinceWhen, { time, date: formatMinute(drop.sinceMs, nowMs) }));
      setText(reason, edge === undefined ? fromBox(drop.reason ?? '') : edgeLine(edge));
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
  asking: text.isConnecting,
  waiting: text.upstreamWaiting,
  live: text.isOnAir,
  away: text.notReachable,
};

/** Drops are started and ended on the box with the camera. */
function edgeLine({ upstream: { url, phase, reason } }: EdgeReport): string {
  const why = reason === undefined ? '' : ` (${reason})`;
  return fill(text.edgeShows, { url, state: `${UPSTREAM[phase]}${why}` });
}

interface ButtonDeps {
  readonly showHint: (hint: string) => void;
  /** Only in the phase that the person saw: by now it may be another one. */
  readonly run: (pressedIn: DropPhase | undefined) => void;
  readonly phaseOf: () => DropPhase | undefined;
  /** Of the drop that is on, or would go live. */
  readonly titleOf: () => string;
}

function renderButton(action: Action, deps: ButtonDeps): HTMLButtonElement {
  const { showHint, run, phaseOf, titleOf } = deps;
  const { label, hint, gesture, variant, verb } = action;
  const button = h('button', { type: 'button', class: variant, 'data-verb': verb }, label);
  if (hint !== undefined) button.append(h('small', {}, hint));
  const confirm = () => {
    const title = verb === 'go-live' ? titleOf() : '';
    const question = title === '' ? text.question : text.questionOf;
    const asked = fill(question, { action: label, title });
    const pressedIn = phaseOf();
    void confirmBy(asked, CONSEQUENCES[verb] ?? '', label).then((isConfirmed) => {
      if (isConfirmed) run(pressedIn);
    });
  };
  // A button goes with its phase: one that is still there was pressed in this one.
  const runNow = () => run(phaseOf());
  if (gesture === 'press') button.addEventListener('click', runNow);
  if (gesture === 'confirm') button.addEventListener('click', confirm);
  if (gesture === 'hold') {
    button.setAttribute('aria-description', text.holdOneSecond);
    wireHold(button, HOLD_MS, {
      onHeld: runNow,
      onTooShort: () => showHint(fill(text.holdAction, { action: label })),
      onClicked: confirm,
    });
  }
  return button;
}

const CONSEQUENCES: Readonly<Record<string, string>> = {
  'go-live': text.goLiveMeans,
  end: text.endMeans,
  'shut-down': text.shutDownMeans,
};
