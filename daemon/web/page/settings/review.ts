/** What a change would do, before it is applied. */
import type { Difference } from '../../../settings/change.ts';
import type { SaveOutcome, ShownSetting } from '../../../settings/settings.ts';
import { stageTexts } from '../text/texts.ts';
import { answerOf } from '../ui/dialog.ts';
import { h } from '../ui/dom.ts';
import { fullLabelOf, shownValue } from './label.ts';
import { NEEDS, SAYS } from './words.ts';

/** Resolves with whether it is to be applied. */
export function reviewChanges(
  { differences, waiting }: Extract<SaveOutcome, { readonly waiting: readonly string[] }>,
  settings: readonly ShownSetting[],
  canRestart: boolean,
): Promise<boolean> {
  const no = h('button', { type: 'button' }, stageTexts.cancel);
  const yes = h('button', { type: 'button', class: 'main' }, SAYS.apply);
  yes.disabled = differences.length === 0;
  const isRestart = differences.some(
    ({ path, need }) => need === 'restart' && !(canRestart && waiting.includes(path)),
  );
  const warning = canRestart ? SAYS.restarts : SAYS.restartByHand;
  const dialog = h(
    'dialog',
    { class: 'review', 'aria-labelledby': 'review-title' },
    h('h2', { id: 'review-title', class: 'question' }, SAYS.reviewTitle),
    differences.length === 0 ? h('p', {}, SAYS.unchanged) : undefined,
    h('ul', { class: 'diff' }, ...differences.map((one) => renderDifference(one, settings))),
    isRestart ? h('p', { class: 'reason' }, warning) : undefined,
    waiting.length === 0
      ? undefined
      : h('p', { class: 'reason' }, SAYS.afterDrop(waiting.map(fullLabelOf).join(', '))),
    h('div', { class: 'row answers below' }, no, yes),
  );
  yes.addEventListener('click', () => dialog.close('yes'));
  return answerOf(dialog, no, no);
}

function renderDifference(
  { path, before, after, need }: Difference,
  settings: readonly ShownSetting[],
): HTMLElement {
  const field = settings.find((setting) => setting.path === path)?.field;
  const isSecret = field?.kind === 'secret';
  const isNewSecret = isSecret && before === true && after === true;
  const now = isNewSecret ? SAYS.changedSecret : shownValue(after, isSecret);
  return h(
    'li',
    {},
    h('strong', {}, fullLabelOf(path)),
    h('p', {}, h('del', {}, shownValue(before, isSecret)), ' → ', h('ins', {}, now)),
    h('small', {}, NEEDS[need]),
  );
}
