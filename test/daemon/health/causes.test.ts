/** One cause gives one alert, whatever follows from it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RULES } from '../../../daemon/health/run.ts';
import type { BoxSnapshot, ModemMaintenance } from '../../../daemon/model/snapshot.ts';
import type { ModemState } from '../../../hal/modem/port.ts';
import { figures, link, recordingTo } from '../../support/snapshot.ts';
import {
  battery,
  bond,
  type Change,
  child,
  failedBy,
  machine,
  printer,
  uplink,
  watch,
} from './support/watched-box.ts';

const test = suite('causes of alerts');

const STALE_LEVELS = { peakDbfs: [-12, -12], rmsDbfs: [-20, -20] };
const STALE_UPLINK = { ...uplink };
const NO_FRAMES = figures({ isFlowing: false });

const out = (id: string, reason: string) => ({ ...link(id, 'out'), reason });
const carriedBy = (
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
const modems = (state: Partial<ModemState>, care: Partial<ModemMaintenance>): Change => ({
  modems: { phase: 'known', modems: [modem(state)] },
  modemMaintenance: [{ id: '861', model: 'EM7455', link: 'wwan0', ...care }],
});
const GONE = 'its interface or address is not there';
const LOST = { reset: { action: 'reset', reason: 'searching' } } as const;
const PIN = { pin: { kind: 'missing', reason: 'no file' } } as const;

/** A fault, all that follows from it, and the one alert. */
const CAUSES: readonly (readonly [cause: string, key: string, severity: string, Change])[] = [
  [
    'camera gone',
    'camera-down',
    'critical',
    {
      children: child('camera', {
        phase: 'pausing',
        restartsTotal: 40,
        failuresTotal: 40,
        failureCode: 'NOT_FOUND',
      }),
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
    {
      levels: { peakDbfs: [-120, -120], rmsDbfs: [-120, -120] },
      sources: {
        camera: { phase: 'live', framesPerS: 30, repeatedTotal: 0 },
        sound: { phase: 'silent', silentS: 20 },
      },
    },
  ],
  [
    'sound card gone, silence in its place',
    'sound-down',
    'critical',
    {
      children: child('sound', {
        phase: 'pausing',
        restartsTotal: 40,
        failuresTotal: 40,
        failureCode: 'NOT_FOUND',
      }),
      levels: { peakDbfs: [-120, -120], rmsDbfs: [-120, -120] },
      sources: {
        camera: { phase: 'live', framesPerS: 30, repeatedTotal: 0 },
        sound: { phase: 'silent', silentS: 20 },
      },
    },
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
      uplink: { ...STALE_UPLINK, phase: 'connecting' },
    },
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
      uplink: STALE_UPLINK,
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
      uplink: STALE_UPLINK,
    },
  ],
  [
    'uplink process down',
    'uplink-down',
    'critical',
    {
      children: child('uplink', { phase: 'pausing', diedTotal: 3 }),
      uplink: { ...STALE_UPLINK, phase: 'connecting' },
    },
  ],
  [
    'one modem missing',
    'link-wwan0-down',
    'warning',
    {
      ...carriedBy([out('wwan0', GONE), link('eth0')], ['wwan0']),
      modems: { phase: 'known', modems: [], away: ['/dev/ttyUSB2 is not there'] },
    },
  ],
  [
    'the only modem missing',
    'links-down',
    'critical',
    {
      ...carriedBy([out('wwan0', GONE)], ['wwan0']),
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
        isUnderVoltage: true,
        isSlowed: true,
        isHot: false,
        wasUnderVoltage: true,
        wasSlowed: true,
      },
    }),
  ],
  [
    'no air',
    'hot',
    'warning',
    machine({
      cpuC: 85,
      throttling: {
        isUnderVoltage: false,
        isSlowed: true,
        isHot: true,
        wasUnderVoltage: false,
        wasSlowed: true,
      },
    }),
  ],
];

for (const [cause, key, severity, change] of CAUSES) {
  test(`${cause}: one alert, ${key}, and no other before it`, async () => {
    await using box = watch();
    await box.clock.advance(5_000);
    if (cause.includes('stalled')) box.freeze(change);
    else box.set(change);
    await box.clock.advance(125_000);
    assert.equal(
      box.health.warnings().map((one) => [one.key, one.severity]),
      [[key, severity]],
    );
    const raised = box.events.filter(({ type }) => type === 'alert.raised');
    assert.equal(
      raised.map(({ data }) => data['key']),
      [key],
    );
    box.set({});
    await box.clock.advance(90_000);
    assert.equal(box.keys(), []);
  });
}

test('two causes are two alerts', async () => {
  await using box = watch();
  box.set({
    ...carriedBy([out('wwan0', 'no answer'), out('eth0', 'no carrier')]),
    ...modems({ registration: 'searching' }, LOST),
  });
  await box.clock.advance(20_000);
  assert.equal(box.keys().toSorted(), ['links-down', 'modem-861-lost']);
  assert.match(box.health.warnings().find(({ key }) => key === 'links-down')?.detail ?? '', 'eth0');
});

test('a consequence that is shown gives way to its cause, which its event names', async () => {
  await using box = watch();
  box.set({ uplink: { ...uplink, bond: undefined as never, phase: 'connecting' } });
  await box.clock.advance(8_000);
  assert.equal(box.keys(), ['uplink-not-connected']);
  box.set({
    uplink: { ...uplink, bond: undefined as never, phase: 'connecting' },
    children: child('uplink', { phase: 'pausing' }),
  });
  await box.clock.advance(4_000);
  assert.equal(box.keys(), ['uplink-down']);
  const cleared = box.events.find(({ type }) => type === 'alert.cleared');
  assert.is(cleared?.data['cause'], 'uplink-down');
});

test('what a rule depends on is another rule, and never leads back to itself', () => {
  const isOf = (cause: string) =>
    RULES.filter(({ key }) => {
      const pattern = new RegExp(`^${key.replace('*', '.+')}$`);
      return key === cause || pattern.test(cause);
    });
  const reach = (key: string, path: readonly string[]): void => {
    assert.not(path.includes(key), [...path, key].join(' -> '));
    for (const cause of RULES.find((rule) => rule.key === key)?.dependsOn ?? []) {
      assert.ok(isOf(cause).length > 0, `${key} depends on ${cause}`);
      for (const rule of isOf(cause)) if (rule.key === cause) reach(rule.key, [...path, key]);
    }
  };
  for (const { key } of RULES) reach(key, []);
});

test('alerts are written for hosts: no path, code or process stands in their text', async () => {
  await using box = watch();
  for (const [, , , change] of CAUSES) {
    box.set(change);
    await box.clock.advance(125_000);
    for (const { text } of box.health.warnings()) {
      assert.match(text, /^[A-Z]/);
      assert.not.match(text, /[/_]|\bE[A-Z]{4,}\b|\bprocess\b|\binterface\b/);
    }
    box.set({});
    await box.clock.advance(90_000);
  }
});

test.run();
