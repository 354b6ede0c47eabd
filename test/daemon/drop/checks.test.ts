/** Tests of the checks before a drop. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CheckName, failuresOf, runChecks } from '../../../daemon/drop/checks.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { figures, link, recordingTo, WELL } from '../../support/snapshot.ts';

const test = suite('checks before a drop');

function verdict(name: CheckName, change: Partial<BoxSnapshot>): string {
  const result = runChecks({ ...WELL, ...change }).find((check) => check.name === name);
  if (result === undefined) throw new Error(`no check ${name}`);
  const isExplained = result.verdict === 'pass' || (result.evidence !== '' && result.advice !== '');
  assert.ok(isExplained, `${name} reports no evidence or advice`);
  return result.verdict;
}

const battery = (
  change: Partial<Extract<BoxSnapshot['battery'], { phase: 'known' }>>,
): Partial<BoxSnapshot> => ({
  battery: { phase: 'known', source: 'x', chargePct: 80, mains: 'off', ...change },
});
const system = (change: Partial<NonNullable<BoxSnapshot['system']>>): Partial<BoxSnapshot> => ({
  system: { disks: [], interfaces: [], clock: { phase: 'synchronised' }, ...change },
});
const pausing = { phase: 'pausing', restartsTotal: 3, lastFailure: 'no camera' } as const;
const running = { phase: 'running', restartsTotal: 0 } as const;
const second: BoxSnapshot['sources'] = {
  camera: {
    ...{ phase: 'live', framesPerS: 0, repeatedTotal: 0 },
    second: { framesPerS: 30, isOnAir: true },
  },
};
const V4 = '192.0.2.7';
/** Two links are in the config, and these interfaces are there. */
const before = (addresses: Readonly<Record<string, readonly string[]>>): Partial<BoxSnapshot> => ({
  uplink: undefined,
  plannedLinks: [
    { id: 'five', device: 'wwan0' },
    { id: 'shop', address: V4 },
  ],
  ...system({
    interfaces: Object.entries(addresses).map(([name, own]) => ({
      name,
      isUp: true,
      addresses: own,
      rxBytesTotal: 0,
      txBytesTotal: 0,
    })),
  }),
});
const uplink = WELL.uplink as NonNullable<BoxSnapshot['uplink']>;
const bond = uplink.bond as NonNullable<(typeof uplink)['bond']>;

test('a box that is well passes all of them', () => {
  for (const { name, verdict, evidence } of runChecks(WELL)) {
    assert.is(verdict, 'pass', `${name}: ${evidence}`);
  }
});

const CASES: readonly (readonly [string, CheckName, string, Partial<BoxSnapshot>])[] = [
  ['no frames', 'camera', 'fail', { media: figures({ isFlowing: false }) }],
  ['no report of media', 'camera', 'fail', { media: undefined }],
  ['capture that dies', 'camera', 'fail', { children: { ...WELL.children, capture: pausing } }],
  ['capture that is not there', 'camera', 'fail', { children: {} }],
  [
    'a second camera on air while the first is away',
    'camera',
    'warn',
    { sources: second, children: { ...WELL.children, camera: pausing, camera2: running } },
  ],
  [
    'a second camera on air that dies',
    'camera',
    'fail',
    { sources: second, children: { ...WELL.children, camera2: pausing } },
  ],
  ['late parts', 'encoder', 'warn', { media: figures({ partLagMs: { p50: 9, p95: 300, n: 9 } }) }],
  ['silence', 'sound', 'warn', { levels: { peakDbfs: [-90, -90], rmsDbfs: [-90, -90] } }],
  ['clipping', 'sound', 'warn', { levels: { peakDbfs: [0, -3], rmsDbfs: [-9, -9] } }],
  ['no level', 'sound', 'warn', { levels: undefined }],
  ['no sound wanted', 'sound', 'pass', { sound: 'none', levels: undefined }],
  ['mains only', 'battery', 'pass', { battery: { phase: 'absent' } }],
  [
    'a silent gauge',
    'battery',
    'warn',
    { battery: { phase: 'unknown', source: 'x', reason: 'no answer', mains: 'off' } },
  ],
  ['an empty battery', 'battery', 'fail', battery({ chargePct: 8 })],
  ['an empty battery on mains', 'battery', 'pass', battery({ chargePct: 8, mains: 'on' })],
  ['five minutes left', 'battery', 'fail', battery({ timeLeftS: 300 })],
  ['a third of a battery', 'battery', 'warn', battery({ chargePct: 33 })],
  ['no recordings wanted', 'disk', 'pass', { recording: [] }],
  [
    'one disk failed',
    'disk',
    'warn',
    { recording: [recordingTo('a'), recordingTo('b', 'failed')] },
  ],
  [
    'two copies on one disk',
    'disk',
    'warn',
    { recording: ['a', 'b'].map((id) => ({ ...recordingTo(id), disks: ['sda'] })) },
  ],
  ['all disks failed', 'disk', 'fail', { recording: [recordingTo('a', 'failed')] }],
  [
    'ten minutes of disk',
    'disk',
    'warn',
    { recording: [{ ...recordingTo('a'), remainingS: 600 }] },
  ],
  ['no uplink wanted', 'links', 'pass', { uplink: undefined }],
  ['both links there before a drop', 'links', 'pass', before({ wwan0: ['10.0.0.2'], eth0: [V4] })],
  ['one link away before a drop', 'links', 'warn', before({ wwan0: ['10.0.0.2'] })],
  ['a link without an address before a drop', 'links', 'warn', before({ wwan0: [], eth0: [V4] })],
  [
    'a link with IPv6 only before a drop',
    'links',
    'pass',
    before({ wwan0: ['2001:db8::7'], eth0: [V4] }),
  ],
  [
    'another address before a drop',
    'links',
    'warn',
    before({ wwan0: ['10.0.0.2'], eth0: ['192.0.2.9'] }),
  ],
  ['no word of the links before a drop', 'links', 'warn', { ...before({}), system: undefined }],
  [
    'SRT by itself, and a network, before a drop',
    'links',
    'pass',
    { ...before({ eth0: [V4] }), plannedLinks: [] },
  ],
  [
    'SRT by itself, and no network, before a drop',
    'links',
    'warn',
    { ...before({ lo: ['127.0.0.1'] }), plannedLinks: [] },
  ],
  ['uplink connecting', 'links', 'warn', { uplink: { ...uplink, phase: 'connecting' } }],
  [
    'a link away',
    'links',
    'warn',
    { uplink: { ...uplink, bond: { ...bond, links: [link('a'), link('b', 'stalled')] } } },
  ],
  ['a free clock', 'clock', 'warn', system({ clock: { phase: 'free' } })],
  ['no word of the clock', 'clock', 'warn', { system: undefined }],
];

for (const [what, name, expected, change] of CASES) {
  test(`${what}: ${name} is a ${expected}`, () => {
    assert.is(verdict(name, change), expected);
  });
}

test('a link that is away before a drop is named', () => {
  const links = runChecks({ ...WELL, ...before({ wwan0: ['10.0.0.2'] }) }).find(
    ({ name }) => name === 'links',
  );
  assert.is(links?.evidence, '1 of 2 links are there; missing: shop');
});

test('why a camera does not start is reported, between two tries as well', () => {
  for (const phase of ['running', 'pausing'] as const) {
    const children = { ...WELL.children, capture: { ...pausing, phase } };
    const [camera] = runChecks({ ...WELL, children, media: figures({ isFlowing: false }) });
    assert.is(camera?.evidence, 'test picture does not start: no camera');
  }
});

test('only failures keep the box from going live, each in a line', () => {
  const results = runChecks({
    ...WELL,
    levels: undefined,
    media: undefined,
    recording: [recordingTo('a', 'failed')],
  });
  assert.equal(failuresOf(results), [
    'camera: no frames from test picture',
    'disk: a: no space left',
  ]);
});

test.run();
