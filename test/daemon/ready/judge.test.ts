/** What a rehearsal must reach, and what a drill says. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { UplinkFigures } from '../../../daemon/model/snapshot.ts';
import { type Goals, judge, type Measured } from '../../../daemon/ready/judge.ts';
import { bestOf, drillOf, probedNow } from '../../../daemon/ready/link-measurement.ts';
import { viewerOf } from '../../../daemon/ready/rehearsal.ts';
import { link, WELL } from '../../support/snapshot.ts';

const test = suite('rehearsal: goals');

const GOALS: Goals = {
  minutes: 3,
  latency_p95_ms: 800,
  stalls_max: 1,
  edge_hits_pct: 0,
  failover_max_ms: 2_000,
};

const VIEWER = {
  latency_s: { p50: 0.36, p95: 0.5, n: 3_000 },
  ...{ is_by_picture: true, stalls: 0, stalled_s: 0, parts: 900, failed: 0, hit_ratio: null },
};
const DRILL = { link: 'five', taken_over_by: 'lte', failover_s: 0.5, lost: 0, stalls: 0 };
const MEASURED: Measured = {
  viewer: VIEWER,
  drill: DRILL,
  noDrill: '',
  peakDbfs: [-9, -8],
  uplink: { isWanted: true, connectedRatio: 1, lost: 0, lowestBps: 3e6 },
};

function verdicts(change: Partial<Measured>, goals: Partial<Goals> = {}) {
  const lines = judge({ ...MEASURED, ...change }, { ...GOALS, ...goals });
  for (const { name, verdict, advice } of lines) assert.is(verdict === 'pass', advice === '', name);
  return Object.fromEntries(lines.map(({ name, verdict }) => [name, verdict]));
}

test('a rehearsal that reaches its goals passes', () => {
  assert.equal(new Set(Object.values(verdicts({}))), new Set(['pass']));
});

test('each goal that is missed fails by itself', () => {
  const viewer = (change: object) => ({ viewer: { ...VIEWER, ...change } });
  const drill = (change: object) => ({ drill: { ...DRILL, ...change } });
  const uplink = (change: object) => ({ uplink: { ...MEASURED.uplink, ...change } });
  const cases: readonly (readonly [string, string, Partial<Measured>, Partial<Goals>])[] = [
    ['latency', 'fail', viewer({ latency_s: { p50: 0.4, p95: 0.9, n: 9 } }), {}],
    ['latency', 'fail', viewer({ latency_s: { p50: null, p95: null, n: 0 } }), {}],
    ['stalls', 'fail', viewer({ stalls: 2 }), {}],
    ['cache hits', 'fail', viewer({ hit_ratio: 0.5 }), { edge_hits_pct: 80 }],
    ['cache hits', 'fail', {}, { edge_hits_pct: 80 }],
    ['viewers', 'fail', { viewer: undefined }, {}],
    ['failover', 'fail', drill({ taken_over_by: null, failover_s: null }), {}],
    ['failover', 'fail', drill({ failover_s: 3 }), {}],
    ['failover', 'warn', drill({ lost: 7 }), {}],
    ['failover', 'warn', { drill: undefined, noDrill: 'one link is up' }, {}],
    ['receiver', 'fail', uplink({ connectedRatio: 0.5 }), {}],
    ['receiver', 'warn', uplink({ lost: 3 }), {}],
    ['sound', 'fail', { peakDbfs: [-9, -90] }, {}],
    ['sound', 'warn', { peakDbfs: [-80, -90] }, {}],
  ];
  for (const [name, verdict, change, goals] of cases) {
    const found = verdicts(change, goals);
    assert.is(found[name], verdict, `${name}: ${JSON.stringify(change)}`);
    const others = Object.entries(found).filter(([other]) => other !== name);
    assert.ok(
      others.every(([, one]) => one === 'pass'),
      JSON.stringify(found),
    );
  }
});

const uplink = (change: Partial<UplinkFigures>): UplinkFigures => ({
  ...(WELL.uplink as UplinkFigures),
  ...change,
});
const bond = WELL.uplink?.bond;

test('a drill says who took over, how soon, and what was lost', () => {
  if (bond === undefined) throw new Error('no bond');
  const switches = [
    { atMs: 900, link: 'wwan0', from: 'active', to: 'suspect', reason: 'before' },
    { atMs: 1_450, link: 'wwan0', from: 'active', to: 'suspect', reason: 'silent' },
  ] as const;
  const links = [link('wwan0', 'stalled'), { ...link('eth0'), sharePct: 90 }];
  const srt = { rttMs: 40, latencyMs: 1_000, retransmittedTotal: 9, droppedTotal: 4 };
  const after = uplink({ blockedAtMs: 1_000, srt, bond: { ...bond, links, switches } });
  assert.equal(drillOf('wwan0', uplink({}), after), {
    ...{ link: 'wwan0', taken_over_by: 'eth0', failover_s: 0.45, lost: 4 },
  });
});

test('a link that is suspected in the moment of the drill is left when it is given up', () => {
  if (bond === undefined) throw new Error('no bond');
  const switches = [
    { atMs: 990, link: 'wwan0', from: 'active', to: 'suspect', reason: 'a busy machine' },
    { atMs: 1_260, link: 'wwan0', from: 'suspect', to: 'stalled', reason: 'silent' },
  ] as const;
  const links = [link('wwan0', 'stalled'), link('eth0')];
  const after = uplink({ blockedAtMs: 1_000, bond: { ...bond, links, switches } });
  const { taken_over_by, failover_s } = drillOf('wwan0', uplink({}), after);
  assert.equal([taken_over_by, failover_s], ['eth0', 0.26]);
});

test('where the stream ends with its link, nobody has taken over', () => {
  if (bond === undefined) throw new Error('no bond');
  const links = [link('wwan0', 'stalled'), link('eth0', 'out')];
  const after = uplink({ blockedAtMs: 1_000, phase: 'connecting', bond: { ...bond, links } });
  assert.equal(drillOf('wwan0', uplink({}), after), {
    ...{ link: 'wwan0', taken_over_by: null, failover_s: null, lost: 0 },
  });
});

test('the best link is the one that carries most, and one alone is none to take away', () => {
  if (bond === undefined) throw new Error('no bond');
  const box = (...links: ReturnType<typeof link>[]) => ({
    ...WELL,
    uplink: uplink({ bond: { ...bond, links } }),
  });
  assert.is(bestOf(box({ ...link('a'), sharePct: 30 }, { ...link('b'), sharePct: 70 })), 'b');
  assert.is(bestOf(box(link('a'), link('b', 'out'))), undefined);
  assert.is(bestOf({ ...WELL, uplink: undefined }), undefined);
  assert.equal(probedNow({ ...WELL, uplink: undefined }).links, []);
  assert.is(probedNow(box(link('a', 'out'))).links[0]?.isUsable, false);
});

test('what the probe counts becomes the figures that are published', () => {
  const figures = {
    ...{
      stalls: 2,
      stalledMs: 1_234,
      parts: 9,
      failed: 1,
      requests: 20,
      edgeReplies: 20,
      edgeHits: 15,
    },
    ...{ isByPicture: true, latencyMs: { p50: 351, p95: 420, n: 100 } },
  };
  assert.equal(viewerOf(figures), {
    latency_s: { p50: 0.351, p95: 0.42, n: 100 },
    ...{ is_by_picture: true, stalls: 2, stalled_s: 1.2, parts: 9, failed: 1, hit_ratio: 0.75 },
  });
});

test.run();
