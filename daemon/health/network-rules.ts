import type { LinkSnapshot } from '../../pipelines/bond/core/snapshot.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { Rule } from './step.ts';

/** Upstream of an edge, uplink, links, broker, events. */

const SILENT_MS = 5_000;

export const NETWORK_RULES: readonly Rule[] = [
  {
    key: 'edge-upstream-away',
    severity: 'critical',
    afterMs: 3_000,
    holdMs: 3_000,
    advice: 'Check the network between the boxes, that the other one runs, and edge.upstream.',
    find: ({ box: { media } }) => {
      const upstream = media?.edge?.upstream;
      if (upstream?.phase !== 'away') return undefined;
      return `${upstream.url.slice(0, 120)} cannot be reached: ${upstream.reason ?? 'no reason told'}`;
    },
  },
  {
    key: 'uplink-not-connected',
    severity: 'critical',
    afterMs: 5_000,
    holdMs: 3_000,
    advice:
      'The room can still watch. Check the links, and uplink.host and uplink.port in the config.',
    find: ({ box: { uplink } }) => {
      if (uplink?.phase !== 'connecting') return undefined;
      const why = uplink.reason === undefined ? '' : `: ${uplink.reason.slice(0, 160)}`;
      return `the uplink is not connected${why}`;
    },
  },
  {
    key: 'uplink-silent',
    severity: 'critical',
    afterMs: 0,
    holdMs: 2_000,
    advice: 'The room can still watch. If it stays, restart the box.',
    find: ({ box, ageMs }) =>
      box.uplink !== undefined &&
      box.uplink.phase !== 'off' &&
      box.children['uplink']?.phase === 'running' &&
      (ageMs.uplink ?? 0) >= SILENT_MS
        ? 'the figures of the uplink are old: it says nothing'
        : undefined,
  },
  {
    key: 'links-down',
    severity: 'critical',
    afterMs: 1_000,
    holdMs: 3_000,
    advice: 'Check modems, SIM cards and the network cable.',
    find: ({ box }) => {
      const links = linksOf(box);
      return links.length > 0 && !links.some(isActive) ? 'no link carries anything' : undefined;
    },
  },
  {
    key: 'link-*-down',
    severity: 'warning',
    afterMs: 3_000,
    holdMs: 10_000,
    advice: 'The others carry its share. Check its modem or cable.',
    find: ({ box }) =>
      linksOf(box)
        .filter((link) => !isActive(link) && !link.isSpent)
        .map(({ id, reason }) => ({
          id,
          text: `link ${id} is down${reason === '' ? '' : `: ${reason.slice(0, 120)}`}`,
        })),
  },
  {
    key: 'link-*-spent',
    severity: 'warning',
    afterMs: 0,
    holdMs: 0,
    advice: 'Raise its data budget, or take another SIM card.',
    find: ({ box }) =>
      linksOf(box)
        .filter(({ isSpent }) => isSpent)
        .map(({ id }) => ({ id, text: `the data budget of link ${id} is used up` })),
  },
  {
    key: 'broker-away',
    severity: 'warning',
    afterMs: 15_000,
    holdMs: 2_000,
    advice: 'The drop goes on, and what happens is told later. Check the broker and mqtt.url.',
    find: ({ box: { broker } }) =>
      broker.phase === 'away'
        ? `the MQTT broker is away: ${broker.reason.slice(0, 160)}`
        : undefined,
  },
  {
    key: 'events-not-kept',
    severity: 'warning',
    afterMs: 0,
    holdMs: 0,
    advice: 'The drop goes on. Make room on the disk that keeps the state of the box, or mend it.',
    find: ({ box: { events } }) =>
      events?.notSaved === undefined
        ? undefined
        : `events wait in memory, and not on the disk: ${events.notSaved.slice(0, 160)}`,
  },
  {
    key: 'events-refused',
    severity: 'warning',
    afterMs: 15_000,
    holdMs: 0,
    advice: 'They wait on the disk. Let the box publish to venuebox/v1/<box>/# on the broker.',
    find: ({ box: { events } }) =>
      events?.refused === undefined
        ? undefined
        : `the MQTT broker takes no events: ${events.refused.slice(0, 160)}`,
  },
  {
    key: 'events-lost',
    severity: 'warning',
    afterMs: 0,
    holdMs: 5_000,
    advice: 'Bring the broker back, see to the disk of the state, or raise mqtt.spool_mb.',
    // Until all that is left has been sent: then there is nothing to do any more.
    find: ({ box: { events } }) =>
      (events?.lostNow ?? 0) > 0
        ? 'events are lost: more waited than there is room for'
        : undefined,
  },
];

function linksOf({ uplink, children }: BoxSnapshot): readonly LinkSnapshot[] {
  // A dead uplink process is told of by itself; what it said of links is old.
  if (uplink === undefined || uplink.phase === 'off') return [];
  if (children['uplink']?.phase !== 'running') return [];
  return uplink.bond?.links.filter(({ isEnabled }) => isEnabled) ?? [];
}

function isActive({ state }: LinkSnapshot): boolean {
  return state === 'active' || state === 'suspect';
}
