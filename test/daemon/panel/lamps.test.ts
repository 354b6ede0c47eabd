/** Tests of the lamps' rhythms. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Alert, BoxSnapshot, DropPhase } from '../../../daemon/model/snapshot.ts';
import { type LampName, lampsOf } from '../../../daemon/panel/lamps.ts';
import type { RhythmName } from '../../../hal/gpio/rhythm.ts';
import { figures, link, recordingTo, WELL } from '../../support/snapshot.ts';

const test = suite('lamps');

const uplink = WELL.uplink as NonNullable<BoxSnapshot['uplink']>;
const bond = uplink.bond as NonNullable<(typeof uplink)['bond']>;
const pausing = { phase: 'pausing', restartsTotal: 1, lastFailure: 'killed' } as const;

const inPhase = (phase: DropPhase): Partial<BoxSnapshot> => ({ drop: { phase, sinceMs: 0 } });
const down = (name: string): Partial<BoxSnapshot> => ({
  children: { ...WELL.children, [name]: pausing },
});
const warned = (key: string): Partial<BoxSnapshot> => ({
  warnings: [{ key, severity: 'warning', sinceMs: 0, text: 'x', advice: 'y' } satisfies Alert],
});
const links = (...states: readonly ('active' | 'stalled')[]): Partial<BoxSnapshot> => ({
  uplink: { ...uplink, bond: { ...bond, links: states.map((state, i) => link(`l${i}`, state)) } },
});
const onBattery: Partial<BoxSnapshot> = {
  battery: { phase: 'known', source: 'x', chargePct: 80, mains: 'off' },
};
const peaks = (...peakDbfs: number[]): Partial<BoxSnapshot> => ({
  levels: { peakDbfs, rmsDbfs: peakDbfs },
});

const checked = (verdict: 'pass' | 'fail', takenMs: number): Partial<BoxSnapshot> => ({
  readiness: { checklist: { taken: new Date(takenMs).toISOString(), verdict, lines: [] } },
});

/** Each state of each lamp and its rhythm: no two states of a lamp that matter look alike. */
const TABLE: Readonly<
  Record<LampName, readonly (readonly [string, RhythmName, Partial<BoxSnapshot>])[]>
> = {
  power: [
    ['on mains', 'steady', {}],
    ['on battery', 'gap', onBattery],
    ['saving', 'double', { ...onBattery, power: 'saving' }],
    ['last minutes', 'triple', { ...onBattery, power: 'last-minutes' }],
    ['shutting down', 'flicker', { ...onBattery, power: 'shut-down' }],
    [
      'battery not known',
      'longShort',
      { battery: { phase: 'unknown', source: 'x', reason: 'y', mains: 'on' } },
    ],
  ],
  'on-air': [
    ['idle', 'flash', inPhase('idle')],
    ['idle after a checklist that failed', 'triple', { ...inPhase('idle'), ...checked('fail', 1) }],
    ['preflight', 'blink', inPhase('preflight')],
    ['armed', 'double', inPhase('armed')],
    ['live', 'steady', inPhase('live')],
    ['live without a picture', 'flicker', { media: figures({ isFlowing: false }) }],
    ['ending', 'gap', inPhase('ending')],
    ['fault', 'longShort', inPhase('fault')],
  ],
  links: [
    ['no uplink', 'off', { uplink: undefined }],
    ['connecting', 'blink', { uplink: { ...uplink, phase: 'connecting' } }],
    ['all links', 'steady', {}],
    ['some links', 'gap', links('active', 'active', 'stalled')],
    ['one link left', 'double', links('active', 'stalled')],
    ['no link left', 'flicker', links('stalled', 'stalled')],
    ['uplink broken', 'longShort', down('uplink')],
  ],
  sound: [
    ['none wanted', 'off', { sound: 'none' }],
    ['at rest', 'flash', inPhase('idle')],
    ['well', 'steady', {}],
    ['silent', 'blink', peaks(-80, -90)],
    ['one channel missing', 'gap', warned('sound-channel-missing')],
    ['too loud', 'flicker', peaks(-3, 0)],
    ['not known', 'longShort', { levels: undefined }],
  ],
  recording: [
    ['none wanted', 'off', { recording: [] }],
    ['at rest', 'flash', inPhase('idle')],
    ['all recording', 'steady', {}],
    ['one failed', 'gap', { recording: [recordingTo('a'), recordingTo('b', 'failed')] }],
    [
      'disk nearly full',
      'double',
      { recording: [recordingTo('a'), { ...recordingTo('b'), remainingS: 600 }] },
    ],
    ['nothing recorded', 'flicker', { recording: [recordingTo('a', 'failed')] }],
    ['not known', 'longShort', down('media')],
  ],
};

for (const [lamp, rows] of Object.entries(TABLE)) {
  const name = lamp as LampName;
  for (const [state, rhythm, change] of rows) {
    test(`${name}: ${state} is ${rhythm}`, () => {
      assert.is(lampsOf({ ...WELL, ...change })[name], rhythm);
    });
  }
  test(`${name}: no two of its states look alike`, () => {
    assert.is(new Set(rows.map(([, rhythm]) => rhythm)).size, rows.length);
  });
}

test('a rehearsal blinks; a checklist that passed, or is of before the last drop, shows nothing', () => {
  const onAir = (change: Partial<BoxSnapshot>) => lampsOf({ ...WELL, ...change })['on-air'];
  const running = { what: 'rehearsal', sinceMs: 0, step: 'x' } as const;
  assert.is(onAir({ ...inPhase('idle'), readiness: { running } }), 'blink');
  assert.is(onAir({ ...inPhase('idle'), ...checked('pass', 1) }), 'flash');
  assert.is(onAir({ drop: { phase: 'idle', sinceMs: 9 }, ...checked('fail', 1) }), 'flash');
  assert.is(onAir({ ...inPhase('live'), ...checked('fail', 1) }), 'steady');
});

/** Rhythms as the README calls them, in the order of its table. */
const WORDS: Readonly<Record<string, RhythmName>> = {
  off: 'off',
  steady: 'steady',
  'short flash every 2 s': 'flash',
  'blink every second': 'blink',
  'double flash': 'double',
  'triple flash': 'triple',
  'on with short gaps': 'gap',
  flicker: 'flicker',
  'long and short': 'longShort',
};

test('the table of the README reports each lamp and rhythm that there is, and no other', () => {
  const readme = readFileSync('daemon/panel/README.md', 'utf8');
  const lamps: readonly LampName[] = ['power', 'on-air', 'links', 'sound', 'recording'];
  for (const [words, rhythm] of Object.entries(WORDS)) {
    const row = readme.split('\n').find((line) => line.startsWith(`| ${words} `));
    const cells = (row ?? '').split('|').map((cell) => cell.trim());
    for (const [i, lamp] of lamps.entries()) {
      const isUsed = TABLE[lamp].some(([, shown]) => shown === rhythm);
      assert.is(cells[i + 2] !== '', isUsed, `${lamp} ${words}: ${cells[i + 2]}`);
    }
  }
});

test('what a child said before it died is not shown as live', () => {
  const media = lampsOf({ ...WELL, ...down('media') });
  assert.equal(
    [media['on-air'], media.sound, media.recording],
    ['flicker', 'longShort', 'longShort'],
  );
  const capture = lampsOf({ ...WELL, ...down('capture') });
  assert.equal([capture['on-air'], capture.sound], ['flicker', 'longShort']);
  assert.is(lampsOf({ ...WELL, children: {} })['on-air'], 'flicker');
});

test('what a child that hangs said last is not shown as live', () => {
  const lamps = lampsOf({ ...WELL, ...warned('media-silent') });
  assert.equal(
    [lamps['on-air'], lamps.sound, lamps.recording],
    ['flicker', 'longShort', 'longShort'],
  );
});

test('an uplink that hangs is not shown as well', () => {
  assert.is(lampsOf({ ...WELL, ...warned('uplink-silent') }).links, 'longShort');
});

test('at the end closed recordings are no fault, and one that failed is', () => {
  const drop = { ...WELL.drop, phase: 'ending' } as const;
  const shown = (...recording: BoxSnapshot['recording']) =>
    lampsOf({ ...WELL, drop, recording }).recording;
  assert.is(shown(recordingTo('a', 'off'), recordingTo('b')), 'steady');
  assert.is(shown(recordingTo('a', 'off'), recordingTo('b', 'off')), 'steady');
  assert.is(shown(recordingTo('a', 'failed'), recordingTo('b', 'off')), 'gap');
});

test('a supply that is too weak shows on the power lamp', () => {
  const system = WELL.system as NonNullable<BoxSnapshot['system']>;
  const throttling = { ...system.throttling, isUnderVoltage: true } as typeof system.throttling;
  assert.is(
    lampsOf({ ...WELL, system: { ...system, ...(throttling ? { throttling } : {}) } }).power,
    'longShort',
  );
});

test('to save power all are dark but power and on air', () => {
  const shedLoads = [{ load: 'lamps', text: 'lamps are dark' }];
  const {
    power,
    'on-air': onAir,
    ...others
  } = lampsOf({
    ...WELL,
    power: 'last-minutes',
    shedLoads,
    recording: [],
  });
  assert.is(power, 'triple');
  assert.is(onAir, 'steady');
  assert.equal([...new Set(Object.values(others))], ['off']);
});

test.run();
