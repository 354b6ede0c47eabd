/** Progress and result of the last command: message, checks, link to a clip. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import { fromBox, fromCheck, stageTexts as text } from '../text/texts.ts';
import type { Action } from '../ui/actions.ts';
import { h, setText, updateChildren } from '../ui/dom.ts';
import type { Model } from '../ui/model.ts';
import type { Outcome } from '../ui/request.ts';
import { type Check, checksOf } from './checks.ts';
import { clipUrlOf } from './clip-link.ts';

/** A later command replaces an earlier one that still runs. */
export function openCommandResult() {
  const progress = h('progress', { max: '1', 'aria-label': text.progress, hidden: '' });
  const message = h('p', { class: 'message', role: 'status' });
  const clip = h('a', { class: 'clip', target: '_blank', rel: 'noreferrer', hidden: '' });
  const checks = h('ul', { class: 'checks' });
  let running: Action | undefined;
  const showClip = (url: string | undefined) => {
    clip.hidden = url === undefined;
    clip.href = url ?? '';
    setText(clip, url === undefined ? '' : fill(text.clipAt, { url }));
  };
  const finish = (outcome: Outcome | undefined, { label }: Action) => {
    running = undefined;
    progress.hidden = true;
    const isDone = outcome === undefined || outcome.status === 'done';
    message.classList.toggle('bad', !isDone);
    const detail = outcome === undefined ? '' : saidOf(outcome);
    setText(message, isDone ? detail : `${label}: ${detail}`);
    const result = outcome?.status === 'done' ? outcome.result : undefined;
    updateChecks(checks, checksOf(result));
    showClip(clipUrlOf(result));
  };
  return {
    elements: [progress, message, clip, checks],
    setText: (hint: string) => setText(message, hint),
    follow: async (action: Action, answer: Promise<Outcome>) => {
      running = action;
      message.classList.remove('bad');
      setText(message, `${action.label}…`);
      updateChecks(checks, []);
      showClip(undefined);
      try {
        const outcome = await answer;
        if (running === action) finish(outcome, action);
      } catch (error) {
        if (running === action) finish(undefined, action);
        throw error;
      }
    },
    update: ({ progress: step }: Model) => {
      if (running === undefined || step?.verb !== running.verb) return;
      setText(message, fromBox(step.detail));
      progress.hidden = step.ratio === undefined;
      if (step.ratio !== undefined) progress.value = step.ratio;
    },
  };
}

/** Of a command that came when the box had moved on: in which phase it is stands above. */
export function saidOf(outcome: Outcome): string {
  const isLate =
    'code' in outcome && outcome.code === 'WRONG_PHASE' && IS_OTHER.test(outcome.detail);
  return isLate ? text.phaseChanged : fromBox(outcome.detail);
}

const IS_OTHER = /^it is \w+, not \w+$/;

const VERDICTS = { pass: text.checkOk, warn: text.checkWarns, fail: text.checkFailed } as const;

/** Lines with what was seen and what to do. */
export function updateChecks(list: HTMLElement, checks: readonly Check[]): void {
  updateChildren(
    list,
    checks,
    ({ name, verdict, evidence }) => `${name} ${verdict} ${evidence}`,
    ({ name, verdict, evidence, advice }) =>
      h(
        'li',
        { 'data-verdict': verdict },
        h('b', {}, VERDICTS[verdict]),
        h('strong', {}, fromCheck(name)),
        h('span', {}, fromCheck(evidence)),
        advice === '' ? undefined : h('small', {}, fromCheck(advice)),
      ),
    () => undefined,
  );
}
