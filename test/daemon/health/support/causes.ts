/** Causes of alerts: each a fault with all that follows from it, and its one alert. */
import type { BoxSnapshot, ModemMaintenance } from '../../../../daemon/model/snapshot.ts';
import type { ModemState } from '../../../../hal/modem/port.ts';
import { figures, link, recordingTo } from '../../../support/snapshot.ts';
import {
  battery,
  bond,
  type Change,
  child,
  failedBy,
  machine,
  printer,
  uplink,
} from './watched-box.ts';

const STALE_LEVELS = { peakDbfs: [-12, -12], rmsDbfs: [-20, -20] };
const NO_FRAMES = figures({ isFlowing: false });

export const out = (id: string, reason: string) => ({ ...link(id, 'out'), reason });
export const carriedBy = (
  links: NonNullable<NonNullable<BoxSnapshot['uplink']>['bond']>['links'],
  missingLinks: readonly string[] = [],
): Change => {
  const isUp = links.some(({ state, isSpent }) => state === 'active' && !isSpent);
  return {
    uplink: {
      ...uplink,
      bond: { ...bond, links },
      missingLinks,
      ...(isUp ? {} : { phase: 'connecting', reason: links.map(({ reason }) => reason).join() }),
    },
  };
};
const modem = (change: Partial<ModemState>): ModemState => ({
  id: '861',
  model: 'EM7455',
  registration: 'connected',
  technology: 'lte',
  sim: 'ready',
  addresses: [],
  ...change,
});
export const modems = (state: Partial<ModemState>, care: Partial<ModemMaintenance>): Change => ({
  modems: { phase: 'known', modems: [modem(state)] },
  modemMaintenance: [{ id: '861', model: 'EM7455', link: 'wwan0', ...care }],
});
export const LOST = { reset: { action: 'reset', reason: 'searching' } } as const;
const PIN = { pin: { kind: 'missing', reason: 'no file' } } as const;

const NOT_FOUND = {
  phase: 'pausing',
  restartsTotal: 40,
  failuresTotal: 40,
  failureCode: 'NOT_FOUND',
} as const;
const SILENT_CARD: Change = {
  levels: { peakDbfs: [-120, -120], rmsDbfs: [-120, -120] },
  sources: {
    camera: { phase: 'live', framesPerS: 30, repeatedTotal: 0 },
    sound: { phase: 'silent', silentS: 20 },
  },
};
const NOT_THROTTLED = {
  isUnderVoltage: false,
  isSlowed: false,
  isHot: false,
  wasUnderVoltage: false,
  wasSlowed: false,
};

/** A fault, the one alert, and all that follows from the fault. */
type Cause = readonly [cause: string, key: string, severity: string, Change];
export const CAUSES: readonly Cause[] = [
  [
    'camera gone',
    'camera-down',
    'critical',
    {
      children: child('camera', NOT_FOUND),
      sources: { camera: { phase: 'title', framesPerS: 0, repeatedTotal: 900 } },
    },
  ],
  [
    'camera that gives no frames',
    'no-picture',
    'critical',
    { sources: { camera: { phase: 'dimmed', framesPerS: 0, repeatedTotal: 90 } } },
  ],
  [
    'encoder that gives no frames',
    'no-picture',
    'critical',
    { media: NO_FRAMES, levels: STALE_LEVELS },
  ],
  [
    'sound card that gives no samples, silence in its place',
    'sound-missing',
    'critical',
    SILENT_CARD,
  ],
  [
    'sound card gone, silence in its place',
    'sound-down',
    'critical',
    { children: child('sound', NOT_FOUND), ...SILENT_CARD },
  ],
  [
    'silence from the sound card',
    'sound-silent',
    'warning',
    { levels: { peakDbfs: [-120, -120], rmsDbfs: [-120, -120] } },
  ],
  [
    'media process stalled',
    'media-silent',
    'critical',
    {
      media: figures({ partsTotal: 7 }),
      levels: STALE_LEVELS,
      uplink: { ...uplink, phase: 'connecting' },
    },
  ],
  [
    'rendition that is not published, though its frames arrive',
    'stream-stalled',
    'critical',
    { media: figures({ stalled: { trackId: 'mid', forMs: 2_100 } }) },
  ],
  [
    'port for viewers taken',
    'viewers-port',
    'critical',
    {
      children: {
        ...child('media', { phase: 'pausing', failureCode: 'PORT_TAKEN' }),
        capture: { phase: 'pausing', restartsTotal: 3 },
      },
      media: undefined,
      levels: undefined,
      uplink,
    },
  ],
  [
    'media process that cannot start',
    'media-down',
    'critical',
    {
      children: {
        media: { phase: 'pausing', restartsTotal: 9, diedTotal: 9 },
        capture: { phase: 'pausing', restartsTotal: 9 },
        uplink: { phase: 'pausing', restartsTotal: 9 },
      },
      media: undefined,
      levels: undefined,
      uplink,
    },
  ],
  [
    'uplink process down',
    'uplink-down',
    'critical',
    {
      children: child('uplink', { phase: 'pausing', diedTotal: 3 }),
      uplink: { ...uplink, phase: 'connecting' },
    },
  ],
  [
    'one modem missing',
    'link-wwan0-down',
    'warning',
    {
      ...carriedBy([out('wwan0', 'not there'), link('eth0')], ['wwan0']),
      modems: { phase: 'known', modems: [], away: ['/dev/ttyUSB2 is not there'] },
    },
  ],
  [
    'the only modem missing',
    'links-down',
    'critical',
    {
      ...carriedBy([out('wwan0', 'not there')], ['wwan0']),
      modems: { phase: 'away', reason: '/dev/ttyUSB2 is not there' },
    },
  ],
  [
    'one modem without its network',
    'modem-861-lost',
    'warning',
    {
      ...carriedBy([out('wwan0', 'no answer'), link('eth0')]),
      ...modems({ registration: 'searching' }, LOST),
    },
  ],
  [
    'the only modem without its network',
    'modem-861-lost',
    'critical',
    {
      ...carriedBy([out('wwan0', 'no answer')]),
      ...modems({ registration: 'searching' }, LOST),
    },
  ],
  [
    'SIM locked',
    'sim-861-pin-missing',
    'critical',
    {
      ...carriedBy([out('wwan0', 'no answer')]),
      ...modems({ registration: 'locked', sim: 'pin' }, { ...PIN, ...LOST }),
    },
  ],
  [
    'data budget used up on the only link',
    'link-wwan0-spent',
    'critical',
    {
      ...carriedBy([{ ...link('wwan0'), isSpent: true }]),
      ...modems({}, { usedBytes: 6e9, budgetBytes: 5e9 }),
    },
  ],
  [
    'uplink host unreachable',
    'links-down',
    'critical',
    carriedBy([out('wwan0', 'no answer'), out('eth0', 'no answer')]),
  ],
  [
    'uplink host unreachable without links',
    'uplink-not-connected',
    'critical',
    { uplink: { phase: 'connecting', targetBps: 1, bitrateBps: 0, missingLinks: [] } },
  ],
  [
    'broker gone',
    'broker-away',
    'warning',
    {
      broker: { phase: 'away', reason: 'ECONNREFUSED' },
      events: { waiting: 9, lostTotal: 4, lostNow: 4, refused: 'timed out' },
    },
  ],
  [
    'disk gone',
    'recording-usb-gone',
    'critical',
    { recording: [recordingTo('sd'), failedBy('gone')] },
  ],
  [
    'disk full',
    'recording-usb-full',
    'critical',
    {
      recording: [recordingTo('sd'), { ...failedBy('full'), remainingS: 0 }],
      ...machine({
        disks: [{ mount: '/media/usb', device: '/dev/sda1', totalBytes: 100, freeBytes: 1 }],
      }),
    },
  ],
  [
    'system disk full',
    'disk-root-low',
    'warning',
    {
      ...machine({ disks: [{ mount: '/', device: '/dev/x', totalBytes: 100, freeBytes: 1 }] }),
      dropFaults: { notSaved: { reason: 'ENOSPC', goesLive: false } },
      events: { waiting: 9, lostTotal: 4, lostNow: 4, notSaved: 'ENOSPC' },
    },
  ],
  ['mains off', 'on-battery', 'info', battery({ chargePct: 80 })],
  ['mains off for long', 'battery-empty', 'critical', battery({ chargePct: 5, timeLeftS: 200 })],
  [
    'printer cover open',
    'printer-open',
    'warning',
    printer({ isOnline: false, paper: 'out', isCoverOpen: true }),
  ],
  ['printer paper out', 'printer-paper-out', 'warning', printer({ isOnline: false, paper: 'out' })],
  [
    'weak supply',
    'undervoltage',
    'critical',
    machine({
      throttling: {
        ...NOT_THROTTLED,
        isUnderVoltage: true,
        isSlowed: true,
        wasUnderVoltage: true,
        wasSlowed: true,
      },
    }),
  ],
  [
    'no air',
    'hot',
    'warning',
    machine({ cpuC: 85, throttling: { ...NOT_THROTTLED, isSlowed: true, isHot: true } }),
  ],
];
