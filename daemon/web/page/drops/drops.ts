/** The list of coming drops: when each begins, and a form to add or change one. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { PlannedDropInfo, PlannedPhase } from '../../../model/planned-drops.ts';
import { fromBox, stageTexts, planTexts as text } from '../text/texts.ts';
import { confirmBy } from '../ui/dialog.ts';
import { card, h, openMessage, setAttribute, setText, updateChildren } from '../ui/dom.ts';
import { formatMinute, formatSpan } from '../ui/format.ts';
import { runCommand } from '../ui/request.ts';
import type { Section } from '../ui/section.ts';
import { editDrop } from './drop-form.ts';

/** @param isCrew Hosts see what is coming, and change nothing. */
export function openDrops(isCrew: boolean, onError: (error: unknown) => void): Section {
  const { message, fail } = openMessage(onError);
  const none = h('p', { class: 'calm' }, text.noneTitle);
  const list = h('ul', { class: 'targets' });
  const faults = h('ul', { class: 'faults' });
  const add = h('button', { type: 'button', class: 'quiet' }, text.addDrop);
  const rows = isCrew ? [h('div', { class: 'row below' }, add)] : [];
  const element = card('drops', text.comingDrops, none, list, faults, ...rows, message);
  let shown: readonly PlannedDropInfo[] = [];

  const run = async (args: Readonly<Record<string, unknown>>) => {
    setText(message, stageTexts.saving);
    const outcome = await runCommand('drops', undefined, args);
    const reason = fromBox(outcome.detail);
    setText(message, outcome.status === 'done' ? text.saved : fill(text.notSaved, { reason }));
  };
  const follow = (work: Promise<void>) => void work.catch(fail);
  const edit = async (before: PlannedDropInfo | undefined) => {
    const taken = shown.map(({ id }) => id);
    setText(message, '');
    if (await editDrop(before?.id, taken)) setText(message, text.saved);
  };
  const again = async ({ id, title }: PlannedDropInfo) => {
    const question = fill(text.againQuestion, { title });
    if (await confirmBy(question, text.againMeans, text.holdAgain)) await run({ do: 'again', id });
  };
  const remove = async ({ id, title }: PlannedDropInfo) => {
    const question = fill(text.removeDrop, { title });
    if (await confirmBy(question, text.removeMeans, stageTexts.remove))
      await run({ do: 'remove', id });
  };
  add.addEventListener('click', () => follow(edit(undefined)));
  const render = (drop: PlannedDropInfo) =>
    renderDrop(drop, isCrew, (id, work) => {
      const now = shown.find((one) => one.id === id);
      if (now !== undefined) follow({ change: edit, remove, again }[work](now));
    });
  return {
    element,
    update: ({ view: { plannedDrops, media } }, nowMs) => {
      element.hidden = plannedDrops === undefined || media?.edge !== undefined;
      if (plannedDrops === undefined) return;
      shown = plannedDrops.list;
      none.hidden = shown.length > 0;
      const key = ({ id }: PlannedDropInfo) => id;
      updateChildren(list, shown, key, render, (item, drop) => updateDrop(item, drop, nowMs));
      updateChildren(faults, plannedDrops.faults, String, (fault) => h('li', {}, fault));
    },
  };
}

type Work = 'change' | 'remove' | 'again';

function renderDrop(
  { id, title }: PlannedDropInfo,
  isCrew: boolean,
  run: (id: string, work: Work) => void,
): HTMLElement {
  const button = (label: string, work: Work) => {
    const one = h('button', { type: 'button', class: 'quiet', 'data-work': work }, label);
    one.setAttribute('aria-label', `${label}: ${title}`);
    one.addEventListener('click', () => run(id, work));
    return one;
  };
  const head = h('div', { class: 'head' }, h('strong'), h('span', { class: 'state' }));
  const edits = [button(text.change, 'change'), button(stageTexts.remove, 'remove')];
  // A host who has ended it by mistake goes on with it.
  const buttons = h(
    'div',
    { class: 'row' },
    ...(isCrew ? edits : []),
    button(text.holdAgain, 'again'),
  );
  return h('li', {}, head, h('p', { class: 'calm' }), buttons);
}

const PHASES: Readonly<Record<PlannedPhase, string>> = {
  coming: text.phaseComing,
  shown: text.phaseShown,
  on: stageTexts.isOnAir,
  held: text.phaseHeld,
  missed: text.phaseMissed,
};

function updateDrop(item: Element, drop: PlannedDropInfo, nowMs: number): void {
  const [head, reason, buttons] = item.children;
  const [title, state] = head?.children ?? [];
  if (!title || !state || !reason || !buttons) return;
  setAttribute(item, 'data-state', drop.phase === 'on' ? 'active' : drop.phase);
  setText(title, drop.title);
  setText(state, PHASES[drop.phase]);
  setText(reason, describe(drop, nowMs));
  for (const one of buttons.querySelectorAll('button')) {
    const { work } = one.dataset;
    if (work === 'remove') one.disabled = drop.phase === 'on';
    if (work === 'again') one.hidden = drop.phase !== 'held';
  }
}

function describe(drop: PlannedDropInfo, nowMs: number): string {
  const { startsAt, endsAt, articles, profile, phase } = drop;
  const startsMs = Date.parse(startsAt);
  const endsMs = Date.parse(endsAt);
  const isAhead = startsMs > nowMs && (phase === 'coming' || phase === 'shown');
  const parts = [
    Number.isNaN(startsMs) ? text.noTime : formatMinute(startsMs, nowMs),
    ...(Number.isNaN(endsMs) ? [] : [fill(text.until, { time: formatMinute(endsMs, nowMs) })]),
    ...(isAhead ? [fill(text.inTime, { time: formatSpan((startsMs - nowMs) / 1000) })] : []),
    ...(articles === 0 ? [] : [fill(text.items, { count: String(articles) })]),
    ...(profile === '' ? [] : [fill(text.renditionsOf, { profile })]),
  ];
  return parts.join(' · ');
}
