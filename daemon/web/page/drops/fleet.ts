/** All boxes of the fleet: what each one's guests see, and how ready it is for the shared drop. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { FleetBox, FleetState } from '../../../model/fleet.ts';
import { boxTexts, fromBox, stageTexts } from '../text/texts.ts';
import { card, h, setAttribute, setText, updateChildren } from '../ui/dom.ts';
import { formatMinute } from '../ui/format.ts';
import type { Section } from '../ui/section.ts';
import { describeBox, isReady, pageOf } from './fleet-words.ts';

export function openFleet(): Section {
  const drop = h('p', { class: 'calm' });
  const notes = h('ul', { class: 'faults' });
  const list = h('ul', { class: 'targets fleet' });
  const element = card('fleet', boxTexts.fleet, drop, notes, list);
  return {
    element,
    update: ({ view: { fleet } }, nowMs) => {
      element.hidden = fleet === undefined;
      if (fleet === undefined) return;
      setText(drop, describeDrop(fleet, nowMs));
      const keyOf = (note: string) => note;
      const renderNote = (note: string) => h('li', {}, note);
      updateChildren(notes, notesOf(fleet), keyOf, renderNote);
      const nameOf = ({ name }: FleetBox) => name;
      updateChildren(list, fleet.boxes, nameOf, renderBox, (item, box) =>
        updateBox(item, box, fleet),
      );
    },
  };
}

function describeDrop(fleet: FleetState, nowMs: number): string {
  const { drop, boxes } = fleet;
  const count = String(boxes.filter((box) => isReady(box, fleet)).length);
  const ready = fill(boxTexts.fleetReady, { count, all: String(boxes.length) });
  if (drop === undefined) return ready;
  const title = drop.title === '' ? drop.id : drop.title;
  if (drop.starts_at === null) return `${title} · ${ready}`;
  const time = formatMinute(Date.parse(drop.starts_at), nowMs);
  return `${fill(boxTexts.fleetDrop, { title, time })} · ${ready}`;
}

/** What is wrong with the fleet as a whole. */
function notesOf({ isConnected, leader, drop, boxes, fault, leftOut }: FleetState) {
  const leads = boxes.find(({ name }) => name === leader);
  const isLeaderAway = leader !== '' && (leads === undefined || leads.isAway);
  const hasNoDrop = leader !== '' && !isLeaderAway && drop === undefined;
  return [
    ...(isConnected ? [] : [boxTexts.fleetOffline]),
    ...(isConnected && isLeaderAway ? [fill(boxTexts.fleetNoLeader, { box: leader })] : []),
    ...(hasNoDrop ? [fill(boxTexts.fleetNoDrop, { box: leader })] : []),
    ...(fault === undefined ? [] : [fill(boxTexts.fleetNotTaken, { reason: fromBox(fault) })]),
    ...(leftOut === 0 ? [] : [fill(boxTexts.fleetLeftOut, { count: String(leftOut) })]),
  ];
}

function renderBox({ name }: FleetBox): HTMLElement {
  const alt = fill(boxTexts.fleetPicture, { box: name });
  const picture = h('img', { alt, width: '160', height: '90', hidden: '' });
  const head = h('div', { class: 'head' }, h('strong'), h('span', { class: 'state' }));
  const link = h(
    'a',
    {
      target: '_blank',
      rel: 'noopener noreferrer',
      'aria-label': `${boxTexts.fleetPage}: ${name}`,
    },
    boxTexts.fleetPage,
  );
  return h('li', {}, picture, h('div', {}, head, h('p', { class: 'calm' }), link));
}

function updateBox(item: Element, box: FleetBox, fleet: FleetState): void {
  const [picture, words] = item.children;
  const [head, line, link] = words?.children ?? [];
  const [title, state] = head?.children ?? [];
  if (!(picture instanceof HTMLImageElement) || !title || !state || !line) return;
  setAttribute(picture, 'src', box.picture && `/fleet/${box.picture}.jpg`);
  picture.hidden = box.picture === undefined;
  const name = box.isOwn ? fill(boxTexts.fleetOwn, { box: box.name }) : box.name;
  setText(title, box.name === fleet.leader ? `${name}, ${boxTexts.fleetLeads}` : name);
  setText(state, box.isAway ? stageTexts.notReachable : PHASES[box.phase]);
  setAttribute(item, 'data-state', stateOf(box));
  setText(line, describeBox(box, fleet).join(' · '));
  if (!(link instanceof HTMLAnchorElement)) return;
  const page = box.isOwn ? undefined : pageOf(box);
  link.hidden = page === undefined;
  setAttribute(link, 'href', page);
}

const PHASES: Readonly<Record<FleetBox['phase'], string>> = {
  idle: stageTexts.idle,
  preflight: stageTexts.runningChecks,
  armed: stageTexts.armed,
  live: stageTexts.onAir,
  ending: stageTexts.ending,
  fault: stageTexts.fault,
};

/** The colour of its dot. */
function stateOf({ isAway, phase }: FleetBox): string {
  if (isAway) return 'out';
  if (phase === 'fault') return 'failed';
  return phase === 'live' || phase === 'armed' ? 'active' : phase;
}
