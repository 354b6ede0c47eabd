import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NOTHING_HEARD, NOTHING_SEEN, watchFacts } from '../../../daemon/health/facts.ts';
import { NOTHING_REVIVED, reviveMedia, stepRevival } from '../../../daemon/health/media-restart.ts';
import { sharedDisks } from '../../../daemon/health/recording-rules.ts';
import { openHealth, RULES } from '../../../daemon/health/run.ts';
import { NO_WARNINGS, type Rule, stepHealth, warningsOf } from '../../../daemon/health/step.ts';
import type { BoxEvent } from '../../../daemon/model/commands.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { TargetFailure } from '../../../pipelines/recording/settings.ts';
import { EDGE, figures, link, recordingTo, WELL } from '../../support/snapshot.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('health');

const uplink = WELL.uplink as NonNullable<BoxSnapshot['uplink']>;
const bond = uplink.bond as NonNullable<(typeof uplink)['bond']>;
const system = WELL.system as NonNullable<BoxSnapshot['system']>;
const throttling = system.throttling as NonNullable<(typeof system)['throttling']>;
const running = { phase: 'running', restartsTotal: 0 } as const;

type Change = Partial<BoxSnapshot>;
const peaks = (...peakDbfs: number[]): Change => ({ levels: { peakDbfs, rmsDbfs: peakDbfs } });
const links = (...states: readonly ('active' | 'stalled')[]): Change => ({
  uplink: {
    ...uplink,
    bond: { ...bond, links: states.map((state, i) => link(`wwan${i}`, state)) },
  },
});
const machine = (change: Partial<typeof system>): Change => ({ system: { ...system, ...change } });
const supply = (change: Partial<typeof throttling>): Change =>
  machine({ throttling: { ...throttling, ...change } });
const battery = (change: Partial<Extract<BoxSnapshot['battery'], { phase: 'known' }>>): Change => ({
  battery: { phase: 'known', source: 'x', chargePct: 80, mains: 'off', ...change },
});
const printer = (change: Partial<Extract<BoxSnapshot['printer'], { phase: 'known' }>>): Change => ({
  printer: { phase: 'known', isOnline: true, paper: 'ok', isCoverOpen: false, ...change },
});

const failedBy = (failure: TargetFailure) => ({ ...recordingTo('usb', 'failed'), failure });

/** A box whose children speak each second, watched by the real rules. */
function watch(first: Change = {}) {
  const clock = new VirtualClock();
  const events: BoxEvent[] = [];
  let change: Change = first;
  let isMediaAlive = true;
  let media = figures();
  const snapshot = (): BoxSnapshot => {
    if (isMediaAlive) media = { ...media, partsTotal: media.partsTotal + 5 };
    return {
      ...WELL,
      media,
      levels: { ...WELL.levels } as never,
      uplink: { ...uplink },
      ...change,
    };
  };
  const health = openHealth({
    snapshot,
    clock,
    log: silentLog,
    onEvent: (event) => events.push(event),
  });
  const stop = new AbortController();
  const run = health.run(stop.signal);
  return {
    clock,
    events,
    health,
    keys: () => health.warnings().map(({ key }) => key),
    set: (next: Change) => {
      change = next;
    },
    hang: () => {
      isMediaAlive = false;
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await run;
    },
  };
}

test('a box that is well has nothing to say', async () => {
  await using box = watch();
  await box.clock.advance(600_000);
  assert.equal(box.keys(), []);
  assert.equal(box.events, []);
});

function pinTrouble(kind: 'missing' | 'wrong' | 'kept'): Change {
  return {
    modemMaintenance: [{ id: '861', model: 'EM7455', pin: { kind, reason: '/etc/sim.pin' } }],
  };
}

/** Everything that can be wrong, and the warning that tells of it. */
const CASES: readonly (readonly [string, Change])[] = [
  [
    'capture-down',
    { children: { ...WELL.children, capture: { phase: 'pausing', restartsTotal: 0 } } },
  ],
  ['no-picture', { media: figures({ isFlowing: false }) }],
  ['sound-missing', { levels: undefined }],
  ['sound-silent', peaks(-80, -90)],
  ['sound-channel-missing', peaks(-12, -90)],
  ['sound-clips', peaks(-12, 0)],
  [
    'viewers-port',
    {
      children: {
        ...WELL.children,
        media: {
          phase: 'pausing',
          restartsTotal: 1,
          lastFailure: "viewers' port 8080 on 0.0.0.0: another program listens there already",
        },
      },
    },
  ],
  ['uplink-not-connected', { uplink: { ...uplink, phase: 'connecting', reason: 'refused' } }],
  ['link-wwan1-down', links('active', 'stalled')],
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
  ['sim-861-pin-missing', pinTrouble('missing')],
  ['sim-861-pin-wrong', pinTrouble('wrong')],
  ['sim-861-pin-kept', pinTrouble('kept')],
  [
    'sim-861-over-budget',
    { modemMaintenance: [{ id: '861', model: 'EM7455', usedBytes: 5e9, budgetBytes: 5e9 }] },
  ],
  [
    'modem-861-lost',
    {
      modemMaintenance: [
        { id: '861', model: 'EM7455', reset: { action: 'reset', reason: 'it is searching' } },
      ],
    },
  ],
  ['broker-away', { broker: { phase: 'away', reason: 'connect ECONNREFUSED' } }],
  ['buttons-away', { panelAway: { buttons: 'gpiochip0 is gone' } }],
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
  ['state-not-kept', { dropFaults: { notSaved: 'ENOSPC' } }],
  ['printer-paper-out', printer({ paper: 'out' })],
  ['printer-paper-low', printer({ paper: 'low' })],
  ['printer-open', printer({ isCoverOpen: true })],
  ['printer-fault', printer({ fault: 'the cutter is stuck' })],
];

for (const [key, change] of CASES) {
  test(`${key} is raised with advice, told once, and cleared by itself`, async () => {
    await using box = watch();
    await box.clock.advance(2_000);
    box.set(change);
    // A copy each second, as a living child gives: only its content is wrong.
    await box.clock.advance(125_000);
    const warning = box.health.warnings().find((one) => one.key === key);
    assert.ok(warning, `raised: ${box.keys().join(', ')}`);
    assert.ok(warning.text.length > 10 && warning.advice.length > 10);
    const told = box.events.filter(({ data }) => data['key'] === key);
    assert.equal(
      told.map(({ type }) => type),
      ['alert.raised'],
    );
    box.set({});
    await box.clock.advance(61_000);
    assert.not(box.keys().includes(key));
    assert.is(box.events.filter(({ data }) => data['key'] === key).at(-1)?.type, 'alert.cleared');
  });
}

test('every rule is raised by one of the cases or has a test of its own', () => {
  const own = [
    '*-died',
    'recorder-*-died',
    '*-restarting',
    'media-silent',
    'uplink-silent',
    'viewers-refused',
  ];
  for (const { key } of RULES) {
    const pattern = new RegExp(`^${key.replace('*', '.+')}$`);
    assert.ok(own.includes(key) || CASES.some(([name]) => pattern.test(name)), key);
  }
});

test('a child that died and is back at once is seen for a while, and forgotten', async () => {
  await using box = watch();
  await box.clock.advance(2_000);
  const lastFailure = 'capture ended with signal SIGKILL';
  box.set({
    children: {
      ...WELL.children,
      capture: { ...running, restartsTotal: 1, diedTotal: 1, lastFailure },
    },
  });
  await box.clock.advance(2_000);
  assert.equal(box.keys(), ['capture-died']);
  assert.match(box.health.warnings()[0]?.text ?? '', 'SIGKILL');
  await box.clock.advance(25_000);
  assert.equal(box.keys(), []);
  assert.equal(
    box.events.map(({ type }) => type),
    ['alert.raised', 'alert.cleared'],
  );
});

test('a recorder that died between two looks is told of; one that starts or is switched off is not', async () => {
  await using box = watch();
  await box.clock.advance(2_500);
  box.health.hearRecording([recordingTo('sd', 'failed'), recordingTo('usb', 'off')]);
  box.health.hearRecording([recordingTo('sd'), recordingTo('usb')]);
  await box.clock.advance(1_000);
  assert.equal(box.keys(), []);
  box.health.hearRecording([recordingTo('sd'), recordingTo('usb', 'failed')]);
  box.health.hearRecording([recordingTo('sd'), recordingTo('usb')]);
  await box.clock.advance(1_000);
  assert.equal(box.keys(), ['recorder-usb-died']);
  box.health.hearRecording([recordingTo('sd', 'off'), recordingTo('usb', 'off')]);
  await box.clock.advance(25_000);
  assert.equal(box.keys(), []);
});

test('a media process that never speaks hangs too, and one that was started anew may load', async () => {
  const loading = (restartsTotal: number): Change => ({
    drop: { phase: 'idle', sinceMs: 0 },
    children: { ...WELL.children, media: { phase: 'running', restartsTotal } },
    media: restartsTotal === 0 ? undefined : stale,
  });
  const stale = figures({ partsTotal: 7 });
  await using box = watch(loading(0));
  await box.clock.advance(28_000);
  assert.equal(box.keys(), []);
  await box.clock.advance(4_000);
  assert.equal(box.keys(), ['media-silent']);
  box.set(loading(1));
  await box.clock.advance(3_000);
  assert.equal(box.keys(), [], 'its predecessor’s figures say nothing of it');
  await box.clock.advance(24_000);
  assert.equal(box.keys(), []);
  await box.clock.advance(5_000);
  assert.equal(box.keys(), ['media-silent']);
});

test('a media process that speaks and makes nothing of its frames is told of', async () => {
  await using box = watch();
  await box.clock.advance(2_000);
  const tell = () => box.set({ media: figures({ partsTotal: 7 }) });
  for (let i = 0; i < 8; i += 1) {
    tell();
    await box.clock.advance(1_000);
  }
  assert.equal(box.keys(), ['media-silent']);
  box.set({});
  await box.clock.advance(5_000);
  assert.equal(box.keys(), []);
});

test('one that hangs is ended at once, then given time, and left to others after the third', () => {
  let revival = NOTHING_REVIVED;
  const ended: number[] = [];
  for (let s = 0; s < 280; s += 1) {
    const step = stepRevival(revival, s >= 10, s * 1_000);
    revival = step.revival;
    if (step.isDue) ended.push(s);
  }
  assert.equal(ended, [10, 25, 40]);
  assert.ok(stepRevival(revival, true, 311_000).isDue, 'after minutes it is tried again');
  assert.not(stepRevival(NOTHING_REVIVED, false, 0).isDue);
});

test('what is done about a hanging media process is told as an event', async () => {
  await using box = watch();
  const events: BoxEvent[] = [];
  let ended = 0;
  const stop = new AbortController();
  const running = reviveMedia(
    {
      warnings: box.health.warnings,
      endMedia: () => {
        ended += 1;
      },
      onEvent: (event) => events.push(event),
      clock: box.clock,
      log: silentLog,
    },
    stop.signal,
  );
  await box.clock.advance(3_000);
  assert.is(ended, 0);
  box.hang();
  await box.clock.advance(8_000);
  stop.abort();
  await running;
  assert.is(ended, 1);
  assert.equal(
    events.map(({ type }) => type),
    ['media.restarted'],
  );
});

test('copies on disks of their own, or on one that was pulled, are no copies on one disk', () => {
  const on = (id: string, ...disks: string[]) => ({ ...recordingTo(id), disks });
  assert.equal(sharedDisks([on('sd', 'mmcblk0'), on('usb', 'sda'), recordingTo('new')]), []);
  assert.equal(sharedDisks([on('sd', 'sda'), { ...failedBy('gone'), disks: ['sda'] }]), []);
  const shared = sharedDisks([on('sd', 'sda'), on('raid', 'sda', 'sdb'), on('usb', 'sdb')]);
  assert.equal(shared, [
    { disk: 'sda', ids: ['sd', 'raid'] },
    { disk: 'sdb', ids: ['raid', 'usb'] },
  ]);
});

test('a child that the box itself starts anew is no warning, one that does so again and again is', async () => {
  await using box = watch();
  const capture = (restartsTotal: number): Change => ({
    children: { ...WELL.children, capture: { ...running, restartsTotal } },
  });
  await box.clock.advance(2_000);
  box.set(capture(1));
  await box.clock.advance(5_000);
  assert.equal(box.keys(), []);
  box.set(capture(3));
  await box.clock.advance(2_000);
  assert.equal(box.keys(), ['capture-restarting']);
  await box.clock.advance(95_000);
  assert.equal(box.keys(), []);
});

test('an edge makes no parts, and is not told of for that', async () => {
  await using box = watch();
  for (let i = 0; i < 10; i += 1) {
    box.set({ media: figures({ partsTotal: 0, edge: EDGE }) });
    await box.clock.advance(1_000);
  }
  assert.equal(box.keys(), []);
});

test('a media process that runs and says nothing is told of within six seconds', async () => {
  await using box = watch();
  await box.clock.advance(2_000);
  box.hang();
  await box.clock.advance(6_000);
  assert.equal(box.keys(), ['media-silent']);
});

test('an uplink that runs and says nothing is told of', async () => {
  await using box = watch();
  const frozen = { ...uplink };
  box.set({ uplink: frozen });
  await box.clock.advance(7_000);
  assert.equal(box.keys(), ['uplink-silent']);
});

test('viewers that are turned away are told of while it happens', async () => {
  const refused = (refusedTotal: number): Change => ({
    media: figures({ http: { ...figures().http, refusedTotal } }),
  });
  await using box = watch(refused(5));
  await box.clock.advance(2_000);
  assert.equal(box.keys(), [], 'what was before the start is no news');
  box.set(refused(6));
  await box.clock.advance(2_000);
  assert.ok(box.keys().includes('viewers-refused'));
});

test('a clip of a tenth of a second between two looks is heard', async () => {
  await using box = watch();
  await box.clock.advance(2_500);
  box.health.hear({ peakDbfs: [-10, 0], rmsDbfs: [-20, -20] });
  box.health.hear({ peakDbfs: [-10, -10], rmsDbfs: [-20, -20] });
  await box.clock.advance(1_000);
  assert.equal(box.keys(), ['sound-clips']);
  await box.clock.advance(6_000);
  assert.equal(box.keys(), []);
});

test('an idle box misses neither picture nor sound', async () => {
  await using box = watch();
  box.set({
    drop: { phase: 'idle', sinceMs: 0 },
    media: figures({ isFlowing: false }),
    levels: undefined,
    uplink: { ...uplink, phase: 'off' },
  });
  await box.clock.advance(3_000);
  assert.equal(box.keys(), []);
});

test('events that were lost once are no warning for ever, though each warning is an event too', async () => {
  await using box = watch({ events: { waiting: 1, lostTotal: 9, lostNow: 9 } });
  await box.clock.advance(2_000);
  assert.equal(box.keys(), ['events-lost']);
  box.set({ events: { waiting: 0, lostTotal: 9, lostNow: 0 } });
  await box.clock.advance(8_000);
  box.set({ events: { waiting: 1, lostTotal: 9, lostNow: 0 } });
  await box.clock.advance(60_000);
  assert.equal(box.keys(), []);
});

test('a blip shorter than its time to visible stays quiet', async () => {
  await using box = watch();
  for (let i = 0; i < 10; i += 1) {
    box.set(links('active', 'stalled'));
    await box.clock.advance(2_000);
    box.set(links('active', 'active'));
    await box.clock.advance(2_000);
  }
  assert.equal(box.events, []);
});

test('a link that flaps is one warning, not many', async () => {
  await using box = watch();
  for (let i = 0; i < 20; i += 1) {
    box.set(links('active', 'stalled'));
    await box.clock.advance(4_000);
    box.set(links('active', 'active'));
    await box.clock.advance(4_000);
  }
  const told = box.events.filter(({ data }) => data['key'] === 'link-wwan1-down');
  assert.equal(
    told.map(({ type }) => type),
    ['alert.raised'],
  );
});

test('the worst comes first, then the oldest', async () => {
  await using box = watch();
  box.set({ ...battery({ chargePct: 25 }), ...printer({ paper: 'out' }) });
  await box.clock.advance(20_000);
  box.set({ ...battery({ chargePct: 5 }), ...printer({ paper: 'out' }) });
  await box.clock.advance(12_000);
  assert.equal(box.keys().slice(0, 2), ['battery-empty', 'printer-paper-out']);
});

const flappingRule: Rule = {
  key: 'link-*-down',
  severity: 'warning',
  afterMs: 2_000,
  holdMs: 3_000,
  advice: 'x',
  find: ({ box }) => (box.name === '' ? [] : [{ id: box.name, text: box.name }]),
};

test('whatever a box says, warnings alternate, are bounded and have keys that topics take', () => {
  const names = fc.array(fc.oneof(fc.constant(''), fc.constant('a'), fc.string()), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(names, (seen) => {
      let health = NO_WARNINGS;
      let watching = NOTHING_SEEN;
      const shown = new Set<string>();
      for (const [i, name] of seen.entries()) {
        const looked = watchFacts(watching, { ...WELL, name }, NOTHING_HEARD, i * 1_000);
        watching = looked.watching;
        const step = stepHealth([flappingRule], health, looked.facts, i * 1_000, i);
        health = step.health;
        for (const { key } of step.raised) {
          assert.not(shown.has(key));
          assert.match(key, /^link-[a-z0-9-]+-down$/);
          shown.add(key);
        }
        for (const { key } of step.cleared) assert.ok(shown.delete(key));
        assert.is(warningsOf(health).length, shown.size);
        assert.ok(health.size <= 64);
      }
    }),
  );
});

test.run();
