/** Alerts of an edge's upstream, the uplink and its links. */
import type { NotJoined } from '../model/hotspot.ts';
import { areAllDown, linksOf, losesLargePackets, unexplainedLinks } from './links.ts';
import type { Rule } from './step.ts';
import { STALE_MS } from './thresholds.ts';

const MEDIA = ['media-down', 'media-silent', 'viewers-port'];
const UPLINK = [...MEDIA, 'uplink-down', 'uplink-silent'];

const ROOM = 'Guests in the room can still watch.';

const WIFI_ADVICE: Readonly<Record<NotJoined, string>> = {
  'out-of-reach':
    'Move the box nearer to the router of that Wi-Fi, or choose another one on the box’s own Wi-Fi.',
  password: 'Join the box’s own Wi-Fi with a phone, and enter that password again.',
  'no-address': 'Restart the router of that Wi-Fi, or use a cable.',
};

const WIFI_DETAIL: Readonly<Record<NotJoined, string>> = {
  'out-of-reach': 'it is not in reach',
  password: 'most likely its password is another one',
  'no-address': 'it gives the box no address',
};

export const NETWORK_RULES: readonly Rule[] = [
  {
    key: 'wifi-not-joined',
    holdMs: 1_000,
    advice: 'Join the box’s own Wi-Fi with a phone, and choose a Wi-Fi again.',
    find: ({ box: { hotspot } }) => {
      if (hotspot?.notJoined === undefined) return undefined;
      const { notJoined, why, ssid } = hotspot;
      const detail = why === undefined ? '' : `${WIFI_DETAIL[why]}; `;
      return {
        text: `The box could not join the Wi-Fi ${notJoined}`,
        detail: `${detail}its own is ${ssid}`,
        ...(why && { advice: WIFI_ADVICE[why] }),
      };
    },
  },
  {
    key: 'edge-upstream-away',
    severity: 'critical',
    afterMs: 3_000,
    holdMs: 3_000,
    advice: 'Check that the other box is running, the network between the two, and edge.upstream.',
    dependsOn: MEDIA,
    find: ({ box: { media } }) => {
      const upstream = media?.edge?.upstream;
      if (upstream?.phase !== 'away') return undefined;
      const detail = `${upstream.url.slice(0, 120)}: ${upstream.reason ?? 'no answer'}`;
      return { text: 'The other box cannot be reached', detail };
    },
  },
  {
    key: 'uplink-not-connected',
    severity: 'critical',
    afterMs: 5_000,
    holdMs: 3_000,
    advice: `${ROOM} Check the network, and the receiver’s address and port in the settings.`,
    dependsOn: ['links-down', ...UPLINK],
    // Where all links are down, what takes them down has an alert of its own.
    find: ({ box }) =>
      box.uplink?.phase === 'connecting' && !areAllDown(box)
        ? { text: 'The uplink is not connected', detail: box.uplink.reason }
        : undefined,
  },
  {
    key: 'uplink-silent',
    severity: 'critical',
    holdMs: 2_000,
    advice: `${ROOM} If this stays, restart the box.`,
    dependsOn: MEDIA,
    find: ({ box, ageMs }) =>
      box.uplink !== undefined &&
      box.uplink.phase !== 'off' &&
      box.children['uplink']?.phase === 'running' &&
      (ageMs.uplink ?? 0) >= STALE_MS
        ? { text: 'The uplink has stalled', detail: 'the uplink process sends no reports' }
        : undefined,
  },
  {
    key: 'links-down',
    severity: 'critical',
    afterMs: 1_000,
    holdMs: 3_000,
    advice: `${ROOM} Check modems, SIM cards and network cables, and the receiver.`,
    dependsOn: UPLINK,
    find: ({ box }) => {
      const down = areAllDown(box) ? unexplainedLinks(box) : [];
      if (down.length === 0) return undefined;
      const detail = down.map(({ id, reason }) => (reason === '' ? id : `${id}: ${reason}`));
      return { text: 'All uplinks are down', detail: detail.join('; ') };
    },
  },
  {
    key: 'link-*-down',
    afterMs: 3_000,
    holdMs: 10_000,
    advice: 'The other links carry the stream. Check its modem or cable.',
    dependsOn: ['links-down', ...UPLINK],
    find: ({ box }) =>
      unexplainedLinks(box).map(({ id, reason }) => ({
        id,
        text: box.uplink?.missingLinks.includes(id)
          ? `Link ${id} is missing`
          : `Link ${id} is down`,
        detail: reason,
      })),
  },
  {
    key: 'link-*-mtu',
    afterMs: 1_000,
    holdMs: 5_000,
    advice: 'Use another SIM card or network for it. Where all links do so, the box adapts.',
    dependsOn: UPLINK,
    find: ({ box }) =>
      linksOf(box)
        .filter(losesLargePackets)
        .map(({ id, reason }) => ({
          id,
          text: `Link ${id} loses large packets`,
          detail: reason,
          ...(areAllDown(box) ? { severity: 'critical' } : {}),
        })),
  },
  {
    key: 'uplink-data-lost',
    severity: 'critical',
    afterMs: 5_000,
    holdMs: 3_000,
    advice: `${ROOM} The box tries smaller packets. If this stays, use another network.`,
    dependsOn: ['links-down', 'link-*-mtu', ...UPLINK],
    find: ({ box: { uplink } }) =>
      uplink?.phase === 'connected' && uplink.reason !== undefined
        ? { text: 'Nothing arrives at the uplink’s receiver', detail: uplink.reason }
        : undefined,
  },
  {
    key: 'link-*-spent',
    advice: 'Raise its data budget, or take another SIM card.',
    dependsOn: UPLINK,
    find: ({ box }) =>
      linksOf(box)
        .filter(({ isSpent }) => isSpent)
        .map(({ id }) => ({
          id,
          text: `The data budget of link ${id} is used up`,
          ...(areAllDown(box) ? { severity: 'critical' } : {}),
        })),
  },
];
