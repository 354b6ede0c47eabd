/** Further destinations of the drop, and back-fill: each with its state and what it is sent. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { Destination } from '../../../model/destinations.ts';
import type { View } from '../../protocol.ts';
import { crewTexts, fromBox, stageTexts, boxTexts as text } from '../text/texts.ts';
import { h, setAttribute, setText, updateChildren } from './dom.ts';
import { formatBps, formatMs } from './format.ts';

const STATES: Readonly<Record<Destination['phase'], string>> = {
  off: text.startsWithDrop,
  connecting: stageTexts.isConnecting,
  connected: text.getsStream,
};

export function openDestinations() {
  const list = h('ul', { class: 'links destinations', 'aria-label': text.destinations });
  return {
    element: list,
    update: ({ destinations = [] }: Pick<View, 'destinations'>) => {
      list.hidden = destinations.length === 0;
      updateChildren(list, destinations, ({ id }) => id, renderRow, updateRow);
    },
  };
}

/** Empty where there is nothing to say. */
export function describeBackfill({ backfill }: Pick<View, 'backfill'>): string {
  if (backfill === undefined) return '';
  const { phase, reason } = backfill;
  if (phase === 'idle') return crewTexts.farEndAll;
  const gaps = fill(crewTexts.gaps, { count: String(backfill.gaps) });
  if (phase === 'sending') return fill(crewTexts.farEndGets, { gaps });
  const why = reason === undefined ? '' : `: ${fromBox(reason)}`;
  return fill(crewTexts.farEndWaits, { gaps, why });
}

function renderRow(): HTMLElement {
  const head = h('div', { class: 'head' }, h('strong'), h('span', { class: 'state' }));
  return h('li', {}, head, h('p', { class: 'calm' }));
}

function updateRow(row: HTMLElement, destination: Destination): void {
  const { id, phase } = destination;
  const [name, state] = row.firstElementChild?.children ?? [];
  if (name !== undefined) setText(name, id);
  if (state !== undefined) setText(state, STATES[phase]);
  setAttribute(row, 'data-state', STATE_KEY[phase]);
  setText(row.lastElementChild ?? row, describe(destination));
}

/** As links have them, for their colours. */
const STATE_KEY = { off: 'radio', connecting: 'out', connected: 'active' } as const;

function describe({ kind, phase, reason, sentBps, rttMs }: Destination): string {
  const name = kind.toUpperCase();
  if (phase === 'off') return name;
  if (phase === 'connecting') return reason === undefined ? name : `${name}: ${fromBox(reason)}`;
  const sending = fill(text.destinationSending, { name, rate: formatBps(sentBps) });
  if (rttMs === undefined) return sending;
  return `${sending}, ${fill(text.destinationTrip, { time: formatMs(rttMs) })}`;
}
