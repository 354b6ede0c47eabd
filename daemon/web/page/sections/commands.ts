import type { EdgeReport } from '../../../../pipelines/edge/state.ts';
import type { View } from '../../wire.ts';
import { type Action, actionsOf, HOLD_MS, SHUT_DOWN, stageOf } from '../ui/actions.ts';
import { confirmBy } from '../ui/dialog.ts';
import { card, h, keep, mark, say } from '../ui/dom.ts';
import { formatClock } from '../ui/format.ts';
import { wireHold } from '../ui/hold-button.ts';
import type { Model } from '../ui/model.ts';
import { command, type Outcome } from '../ui/request.ts';
import type { Part } from '../ui/section.ts';
import { type Check, checksOf } from './checks.ts';
import { clipUrlOf } from './made.ts';

/** Where the drop stands, and what can be asked of the box. */
export function openCommands(onError: (error: unknown) => void): Part {
  const phase = h('p', { class: 'big' });
  const since = h('p', { class: 'since' });
  const reason = h('p', { class: 'reason' });
  const buttons = h('div', { class: 'row actions' });
  const more = h('div', { class: 'row more' });
  const report = openReport();
  let view: View | undefined;

  const run = (action: Action) => {
    if (view === undefined) return;
    const { verb, args } = action;
    report.begin(action, command(verb, view.drop.phase, args)).catch(onError);
  };
  const make = (action: Action) => makeButton(action, report.say, () => run(action));
  const draw = (row: HTMLElement, actions: readonly Action[], from: string) => {
    const keyOf = ({ verb, label }: Action) => `${from} ${verb} ${label}`;
    keep(row, actions, keyOf, make, () => undefined);
  };
  draw(more, [SHUT_DOWN], '');
  const told = h('div', {}, ...report.elements);
  const element = card('drop', 'Drop', phase, since, reason, buttons, told, more);
  return {
    element,
    update: (model, nowMs) => {
      view = model.view;
      const { drop, media } = view;
      const edge = media?.edge;
      const stage = stageOf(view);
      say(phase, stage.name);
      mark(phase, 'data-phase', stage.look);
      const dropName = drop.dropId === undefined ? '' : ` · ${drop.dropId}`;
      say(since, `for ${formatClock(nowMs - drop.sinceMs)}${dropName}`);
      say(reason, edge === undefined ? (drop.reason ?? '') : edgeLine(edge));
      const hadFocus = buttons.contains(document.activeElement);
      draw(buttons, edge === undefined ? actionsOf(drop.phase) : [], drop.phase);
      // Whoever works by keyboard stays where the commands are.
      const hasFocus = buttons.contains(document.activeElement);
      if (hadFocus && !hasFocus) buttons.querySelector('button')?.focus();
      report.update(model);
    },
  };
}

/** Drops are begun and ended where the camera is. */
function edgeLine({ upstream: { url, phase, reason } }: EdgeReport): string {
  const why = reason === undefined ? '' : ` (${reason})`;
  return `Shows ${url}: ${phase}${why}. Drops are made there.`;
}

/** What became of the command that was given last; a later one does not wait for it. */
function openReport() {
  const progress = h('progress', { max: '1', 'aria-label': 'Progress', hidden: '' });
  const message = h('p', { class: 'message', role: 'status' });
  const clip = h('a', { class: 'made', target: '_blank', rel: 'noreferrer', hidden: '' });
  const checks = h('ul', { class: 'checks' });
  let last: Action | undefined;
  const finish = (outcome: Outcome | undefined, { label }: Action) => {
    last = undefined;
    progress.hidden = true;
    const isDone = outcome === undefined || outcome.status === 'done';
    message.classList.toggle('bad', !isDone);
    say(message, isDone ? (outcome?.detail ?? '') : `${label}: ${outcome.detail}`);
    const result = outcome?.status === 'done' ? outcome.result : undefined;
    drawChecks(checks, checksOf(result));
    showClip(clipUrlOf(result));
  };
  const showClip = (url: string | undefined) => {
    clip.hidden = url === undefined;
    clip.href = url ?? '';
    say(clip, url === undefined ? '' : `The clip: ${url}`);
  };
  return {
    elements: [progress, message, clip, checks],
    say: (text: string) => say(message, text),
    begin: async (action: Action, answer: Promise<Outcome>) => {
      last = action;
      message.classList.remove('bad');
      say(message, `${action.label}…`);
      drawChecks(checks, []);
      showClip(undefined);
      try {
        const outcome = await answer;
        if (last === action) finish(outcome, action);
      } catch (error) {
        if (last === action) finish(undefined, action);
        throw error;
      }
    },
    update: ({ progress: step }: Model) => {
      if (last === undefined || step?.verb !== last.verb) return;
      say(message, step.detail);
      progress.hidden = step.ratio === undefined;
      if (step.ratio !== undefined) progress.value = step.ratio;
    },
  };
}

const VERDICTS = { pass: 'ok', warn: 'look', fail: 'fails' } as const;

function drawChecks(list: HTMLElement, checks: readonly Check[]): void {
  keep(
    list,
    checks,
    ({ name, verdict, evidence }) => `${name} ${verdict} ${evidence}`,
    ({ name, verdict, evidence, advice }) =>
      h(
        'li',
        { 'data-verdict': verdict },
        h('b', {}, VERDICTS[verdict]),
        h('strong', {}, name),
        h('span', {}, evidence),
        advice === '' ? undefined : h('small', {}, advice),
      ),
    () => undefined,
  );
}

function makeButton(
  action: Action,
  hint: (text: string) => void,
  run: () => void,
): HTMLButtonElement {
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
      onTooShort: () => hint(`Hold ${label} for one second.`),
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
