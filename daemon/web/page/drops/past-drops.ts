/** Past drops with their reports; two of them can be compared. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import { localeOf } from '../../../figures/formats-in.ts';
import type { PastDrop } from '../../../report/record.ts';
import { crewTexts, language, planTexts as text } from '../text/texts.ts';
import { card, h, setText, updateChildren } from '../ui/dom.ts';
import { formatDecimal } from '../ui/format.ts';
import { readPastDrops } from '../ui/request.ts';
import type { Section } from '../ui/section.ts';

/** More are behind a button. */
const SHOWN_MAX = 8;

export function openPastDrops(onError: (error: unknown) => void): Section {
  const none = h('p', { class: 'calm' }, text.noPast);
  const list = h('ul', { class: 'targets' });
  const more = h('button', { type: 'button', class: 'quiet' }, text.showAll);
  const compare = h('a', { target: '_blank', rel: 'noreferrer' }, text.compareTwo);
  const hint = h('p', { class: 'calm' }, text.compareHint);
  const row = h('div', { class: 'row below' }, more, compare);
  const element = card('past-drops', text.pastDrops, none, list, hint, row);
  const ticked = new Set<string>();
  let drops: readonly PastDrop[] = [];
  let isAll = false;
  /** The run of the box and of the drop that the list is of. */
  let shownOf: string | undefined;

  const render = () => {
    none.hidden = drops.length > 0;
    hint.hidden = drops.length < 2 || ticked.size === 2;
    more.hidden = isAll || drops.length <= SHOWN_MAX;
    const [first, second] = ticked;
    compare.hidden = second === undefined;
    compare.href = `/reports/${first ?? ''}/${second ?? ''}.html`;
    const shown = isAll ? drops : drops.slice(0, SHOWN_MAX);
    updateChildren(list, shown, ({ drop }) => drop, renderDrop, updateDrop);
  };
  const renderDrop = (past: PastDrop) =>
    renderPast(past, (isTicked) => {
      if (isTicked) ticked.add(past.drop);
      else ticked.delete(past.drop);
      // The third one takes the place of the first.
      const [oldest] = ticked;
      if (ticked.size > 2 && oldest !== undefined) ticked.delete(oldest);
      render();
    });
  const updateDrop = (item: Element, past: PastDrop) =>
    updatePast(item, past, ticked.has(past.drop));
  more.addEventListener('click', () => {
    isAll = true;
    render();
  });
  return {
    element,
    update: ({ view }) => {
      element.hidden = view.media?.edge !== undefined;
      // A drop that has ended has its report a second later.
      const key = `${view.startedAt} ${view.drop.phase} ${view.drop.dropId}`;
      if (key === shownOf || element.hidden) return;
      shownOf = key;
      const read = () =>
        readPastDrops().then((found) => {
          drops = found;
          render();
        }, onError);
      void read();
      if (view.drop.phase === 'idle') setTimeout(() => void read(), REPORT_AFTER_MS);
    },
  };
}

const REPORT_AFTER_MS = 4_000;

function renderPast({ drop, title }: PastDrop, onTick: (isTicked: boolean) => void): HTMLElement {
  const tick = h('input', {
    type: 'checkbox',
    'aria-label': fill(text.compareOne, { drop: title ?? drop }),
  });
  tick.addEventListener('change', () => onTick(tick.checked));
  const page = `/reports/${drop}.html`;
  const links = h(
    'div',
    { class: 'row' },
    h('a', { href: page, target: '_blank', rel: 'noreferrer' }, text.report),
    h('a', { href: page, download: `drop-${drop}.html` }, crewTexts.save),
    h('a', { href: `/reports/${drop}.json`, download: `drop-${drop}.json` }, 'JSON'),
  );
  const head = h('div', { class: 'head' }, h('label', {}, tick, h('strong')));
  return h('li', {}, head, h('p', { class: 'calm' }), links);
}

function updatePast(item: Element, past: PastDrop, isTicked: boolean): void {
  const tick = item.querySelector('input');
  const name = item.querySelector('strong');
  const facts = item.querySelector('.calm');
  if (tick === null || name === null || facts === null) return;
  tick.checked = isTicked;
  setText(name, past.title ?? past.drop);
  setText(facts, describe(past));
}

function describe({ started, ended, viewers_peak, latency_p50_s }: PastDrop): string {
  const startedAt = new Date(started);
  const minutes = Math.round((Date.parse(ended) - startedAt.getTime()) / 60_000);
  const date = startedAt.toLocaleString(localeOf(language), {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  const parts = [
    date,
    `${minutes} min`,
    ...(viewers_peak === null ? [] : [fill(text.viewersAtMost, { count: String(viewers_peak) })]),
    ...(latency_p50_s === null
      ? []
      : [fill(text.behind, { time: `${formatDecimal(latency_p50_s, 2)} s` })]),
  ];
  return parts.join(' · ');
}
