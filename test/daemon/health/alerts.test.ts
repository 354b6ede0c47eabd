/** Each alert: raised with advice, reported once, and cleared by itself. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RULES } from '../../../daemon/health/run.ts';
import type { Destination } from '../../../daemon/model/destinations.ts';
import type { ShopState } from '../../../daemon/model/orders.ts';
import type { OverlayState } from '../../../daemon/model/overlay.ts';
import type { BackfillFigures } from '../../../pipelines/backfill/messages.ts';
import { EDGE, figures, link, recordingTo } from '../../support/snapshot.ts';
import {
  battery,
  bond,
  type Change,
  child,
  failedBy,
  links,
  machine,
  peaks,
  printer,
  supply,
  uplink,
  watch,
} from './support/watched-box.ts';

const test = suite('alerts');

test('a healthy box has no alerts', async () => {
  await using box = watch();
  await box.clock.advance(600_000);
  assert.equal(box.keys(), []);
  assert.equal(box.events, []);
});

function pinFault(kind: 'missing' | 'wrong' | 'kept'): Change {
  return {
    modemMaintenance: [{ id: '861', model: 'EM7455', pin: { kind, reason: '/etc/sim.pin' } }],
  };
}

function shop(fault: ShopState['fault'], refunds = 0): Change {
  const totals = { pending: 0, confirmed: 0, void: 0, refused: refunds, refunds };
  const sales = { orders: 0, pieces: 0, amounts: [] };
  return { shop: { drop: 'friday', articles: [], sales, totals, ...(fault && { fault }) } };
}

function shopWith(more: Partial<ShopState>): Change {
  const { shop: open } = shop(undefined);
  return open === undefined ? {} : { shop: { ...open, ...more } };
}

const destination: Destination = {
  id: 'web',
  kind: 'rtmp',
  phase: 'connecting',
  reason: 'refused',
  sentBps: 0,
  sentBytesTotal: 0,
  restartsTotal: 3,
};

const backfill: BackfillFigures = {
  phase: 'failed',
  reason: 'HTTP 507',
  gaps: 1,
  sentBytesTotal: 0,
  filledTotal: 0,
  lostTotal: 0,
};

const UNREAD: NonNullable<OverlayState['shown']> = {
  link: 'https://shop.example.org/',
  sizePct: 58,
  readability: 'unreadable',
  readings: [{ rendition: 'low', read: 3, of: 6 }],
};

function overlay(change: Partial<OverlayState>): Change {
  const code = { code: 'checkout', corner: 'top-left', sizePct: 22 } as const;
  return { overlay: { ...code, title: '', name: '', line: '', ...change } };
}

/** Everything that can be wrong, and its alert. */
function plannedWith(faults: readonly string[]): Change {
  const shown = { id: '', title: 'Live', startsAt: '', endsAt: '' };
  return { plannedDrops: { shown, list: [], faults, file: 'drops.yaml' } };
}

const NO_PRINTS = { waiting: 0, printedTotal: 1, failedTotal: 1 };
const CASES: readonly (readonly [string, Change])[] = [
  ['orders-damaged', shop({ kind: 'damaged', reason: 'line 7' })],
  ['orders-newer', shop({ kind: 'newer', reason: 'line 7' })],
  ['orders-not-saved', shop({ kind: 'not-saved', reason: 'ENOSPC' })],
  ['orders-full', shop({ kind: 'full', reason: '200000 orders' })],
  ['orders-webhook-secret', shopWith({ webhookFault: 'others can read it' })],
  ['drops-faulty', plannedWith(['drops.yaml:3: titel: unknown key; did you mean title?'])],
  ['orders-to-refund', shop(undefined, 2)],
  ['orders-unmatched', shopWith({ unmatchedCounts: { known: 0, unknown: 200 } })],
  ['orders-unmatched-full', shopWith({ unmatchedCounts: { known: 0, unknown: 0, isFull: true } })],
  [
    'orders-other-payment',
    shopWith({
      unmatched: [{ order: 'a', item: 'tee', quantity: 1, isKnownId: true, atMs: 0 }],
      unmatchedCounts: { known: 1, unknown: 0 },
    }),
  ],
  ['wifi-not-joined', { hotspot: { ssid: 'box', url: '', notJoined: 'Cafe', why: 'password' } }],
  ['code-unreadable', overlay({ shown: UNREAD })],
  ['code-missing', overlay({ missing: 'no item that is on sale has a checkout page' })],
  [
    'look-refused',
    {
      look: {
        ...{ name: 'x.cube', strength: 1, phase: 'refused' },
        reason: 'x.cube:3: a line of the table must be three numbers',
      },
    },
  ],
  ['capture-down', { children: child('capture', { phase: 'pausing' }) }],
  ['no-picture', { media: figures({ isFlowing: false }) }],
  ['stream-stalled', { media: figures({ stalled: { trackId: 'mid', forMs: 2_100 } }) }],
  ['sound-missing', { levels: undefined }],
  ['sound-silent', peaks(-80, -90)],
  ['sound-channel-missing', peaks(-12, -90)],
  ['sound-clips', peaks(-12, 0)],
  ['viewers-port', { children: child('media', { phase: 'pausing', failureCode: 'PORT_TAKEN' }) }],
  ['uplink-not-connected', { uplink: { ...uplink, phase: 'connecting', reason: 'refused' } }],
  ['link-wwan1-down', links('active', 'stalled')],
  ['backfill-failed', { backfill }],
  ['destination-web-down', { destinations: [destination] }],
  [
    'edge-upstream-away',
    {
      media: figures({
        edge: { ...EDGE, upstream: { url: 'http://10.0.0.5:8080', phase: 'away', reason: 'x' } },
      }),
    },
  ],
  ['links-down', links('stalled', 'stalled')],
  [
    'link-wwan0-mtu',
    {
      uplink: {
        ...uplink,
        bond: {
          ...bond,
          links: [{ ...link('wwan0', 'stalled'), largePackets: { lostBytes: 1332 } }],
        },
      },
    },
  ],
  ['uplink-data-lost', { uplink: { ...uplink, reason: 'the receiver replies, but no data' } }],
  [
    'link-wwan0-spent',
    { uplink: { ...uplink, bond: { ...bond, links: [{ ...link('wwan0'), isSpent: true }] } } },
  ],
  [
    'sim-861-locked',
    {
      modems: {
        phase: 'known',
        modems: [
          {
            id: '861',
            model: 'EM7455',
            registration: 'locked',
            technology: 'unknown',
            sim: 'pin',
            addresses: [],
          },
        ],
      },
    },
  ],
  ['sim-861-pin-missing', pinFault('missing')],
  ['sim-861-pin-wrong', pinFault('wrong')],
  ['sim-861-pin-kept', pinFault('kept')],
  [
    'sim-861-over-budget',
    { modemMaintenance: [{ id: '861', model: 'EM7455', usedBytes: 5e9, budgetBytes: 5e9 }] },
  ],
  [
    'modem-861-lost',
    {
      modemMaintenance: [
        { id: '861', model: 'EM7455', reset: { action: 'reset', reason: 'searching' } },
      ],
    },
  ],
  ['broker-away', { broker: { phase: 'away', reason: 'connect ECONNREFUSED' } }],
  [
    'topics-refused',
    { broker: { phase: 'connected', refusedTopics: ['venuebox/v1/corner/links'] } },
  ],
  [
    'messages-too-large',
    { broker: { phase: 'connected', largeTopics: ['venuebox/v1/corner/merch'] } },
  ],
  ['box-name-taken', { broker: { phase: 'connected', nameConflict: 'at 10.0.0.7' } }],
  ['buttons-away', { panelAway: { buttons: 'gpiochip0 is gone' } }],
  ['button-drop-stuck', { stuckButtons: ['drop'] }],
  ['lamps-away', { panelAway: { power: 'gpiochip0 is gone', sound: 'gone' } }],
  ['events-not-kept', { events: { waiting: 3, lostTotal: 0, lostNow: 0, notSaved: 'ENOSPC' } }],
  [
    'events-refused',
    { events: { waiting: 3, lostTotal: 0, lostNow: 0, refused: 'Not authorized' } },
  ],
  ['events-lost', { events: { waiting: 3, lostTotal: 9, lostNow: 9 } }],
  ['modems-unknown', { modems: { phase: 'away', reason: 'no ModemManager' } }],
  ['recording-usb-failed', { recording: [recordingTo('sd'), recordingTo('usb', 'failed')] }],
  ['recording-usb-full', { recording: [failedBy('full')] }],
  ['recording-usb-others', { recording: [failedBy('others')] }],
  ['recording-usb-read-only', { recording: [failedBy('read-only')] }],
  ['recording-usb-gone', { recording: [failedBy('gone')] }],
  ['recording-usb-hangs', { recording: [failedBy('slow')] }],
  [
    'recording-one-disk',
    { recording: ['sd', 'usb'].map((id) => ({ ...recordingTo(id), disks: ['sda'] })) },
  ],
  ['recording-sd-slow', { recording: [{ ...recordingTo('sd'), lagMs: 9_000 }] }],
  ['disk-sd-low', { recording: [{ ...recordingTo('sd'), remainingS: 600 }] }],
  [
    'disk-root-low',
    machine({ disks: [{ mount: '/', device: '/dev/x', totalBytes: 100, freeBytes: 2 }] }),
  ],
  [
    'disk-srv-music-worn',
    machine({
      disks: [{ mount: '/srv/Music', device: 'x', totalBytes: 9, freeBytes: 9, wornPct: 90 }],
    }),
  ],
  ['on-battery', battery({})],
  ['battery-low', battery({ chargePct: 25 })],
  ['battery-low', battery({ timeLeftS: 1_200 })],
  ['battery-empty', battery({ chargePct: 11 })],
  [
    'battery-unknown',
    { battery: { phase: 'unknown', source: 'x', reason: 'no answer', mains: 'on' } },
  ],
  ['hot', machine({ cpuC: 82 })],
  ['throttled', supply({ isSlowed: true })],
  ['undervoltage', supply({ isUnderVoltage: true })],
  ['undervoltage-seen', supply({ wasUnderVoltage: true })],
  ['memory-low', machine({ memoryTotalBytes: 1_000, memoryAvailableBytes: 40 })],
  ['clock-unsynchronised', machine({ clock: { phase: 'free' } })],
  ['printer-away', { printer: { phase: 'away', reason: 'unplugged' } }],
  [
    'power-off-failed',
    { dropFaults: { notPoweredOff: 'org.freedesktop.DBus.Error.AccessDenied' } },
  ],
  ['safe-mode', { safeMode: 'it ended 3 times' }],
  ['settings-not-used', { settingsFault: 'the box did not start with them' }],
  ['certificate-expires', { certificate: { untilMs: 0, daysLeft: 13 } }],
  [
    'network-guests-closed',
    { networks: [{ role: 'guests', device: 'wlan0', phase: 'failed', code: 'NO_HELPER' }] },
  ],
  ['update-went-back', { update: { version: '1', failed: { version: '2', reason: '', atMs: 0 } } }],
  ['state-not-kept', { dropFaults: { notSaved: { reason: 'ENOSPC', goesLive: false } } }],
  ['printer-paper-out', printer({ paper: 'out' })],
  ['printer-paper-low', printer({ paper: 'low' })],
  ['printer-open', printer({ isCoverOpen: true })],
  ['printer-fault', printer({ fault: 'the cutter is stuck' })],
  ['print-uncertain', { prints: { ...NO_PRINTS, uncertain: 1 } }],
  ['tickets-held', { prints: { ...NO_PRINTS, held: { kind: 'full', reason: '64 slips wait' } } }],
  ['tickets-damaged', { prints: { ...NO_PRINTS, damaged: ['orders.json'] } }],
];

for (const [key, change] of CASES) {
  test(`${key} is raised with advice, reported once, and cleared by itself`, async () => {
    await using box = watch();
    await box.clock.advance(2_000);
    box.set(change);
    // A copy each second, as a running child sends: only its content is wrong.
    await box.clock.advance(125_000);
    const warning = box.health.warnings().find((one) => one.key === key);
    assert.ok(warning, `raised: ${box.keys().join(', ')}`);
    assert.ok(warning.text.length > 10 && warning.advice.length > 10);
    const reported = box.events.filter(({ data }) => data['key'] === key);
    assert.equal(
      reported.map(({ type }) => type),
      ['alert.raised'],
    );
    box.set({});
    await box.clock.advance(61_000);
    assert.not(box.keys().includes(key));
    assert.is(box.events.filter(({ data }) => data['key'] === key).at(-1)?.type, 'alert.cleared');
  });
}

test('every rule is raised by one of the cases or has a test of its own', () => {
  const own = ['*-died', 'recorder-*-died', 'media-silent', 'uplink-silent', 'viewers-refused'];
  for (const { key } of RULES) {
    const pattern = new RegExp(`^${key.replace('*', '.+')}$`);
    assert.ok(own.includes(key) || CASES.some(([name]) => pattern.test(name)), key);
  }
});

test.run();
