/** Snapshots as MQTT payloads, and when they are due. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { mergeLatencies } from '../../../daemon/figures/media.ts';
import { clipText, rounded } from '../../../daemon/model/rounding.ts';
import { SilenceMeter } from '../../../daemon/mqtt/payloads/audio-payload.ts';
import {
  alertBody,
  telemetryBody,
  topicLevel,
} from '../../../daemon/mqtt/payloads/snapshot-payloads.ts';
import {
  PERIODIC,
  type PeriodicName,
  TELEMETRY,
  TOPICS,
} from '../../../daemon/mqtt/payloads/topics.ts';
import { TelemetryPlan } from '../../../daemon/mqtt/telemetry.ts';
import { bareSnapshot, FACTS, fullSnapshot } from './support/snapshot.ts';

const test = suite('MQTT payloads');
const MOMENT = { wallMs: Date.UTC(2026, 4, 1, 1), silence: { seconds: 0 } };

test('payloads follow their schemas with no, all and odd values', () => {
  const odd = fullSnapshot({
    camera: 'x'.repeat(1_000),
    battery: {
      phase: 'known',
      source: 's'.repeat(1_000),
      chargePct: 104,
      voltageMv: Number.NaN,
      mains: 'unknown',
    },
    printer: { phase: 'away', reason: 'r'.repeat(1_000) },
    modems: { phase: 'away', reason: 'gone' },
    startedAt: '2027-01-01T00:00:00Z',
  });
  for (const snapshot of [bareSnapshot(), fullSnapshot(), odd]) {
    const bodies = telemetryBody(snapshot, FACTS, MOMENT);
    for (const name of TELEMETRY) {
      const stamp = { v: 1, ts: '2026-05-01T00:00:00.000Z', seq: 1, session: 's' };
      const { issues } = v.safeParse(TOPICS[name].schema, { ...stamp, ...bodies[name] });
      assert.is(issues?.[0]?.message, undefined, `${name}: ${JSON.stringify(bodies[name])}`);
    }
  }
});

test('health is failed with a critical warning or a fault, degraded with a warning, else ok', () => {
  const warning = { key: 'k', sinceMs: 0, text: 't', advice: 'a' };
  const health = (severities: readonly ('info' | 'warning' | 'critical')[], phase = 'idle') => {
    const warnings = severities.map((severity) => ({ ...warning, severity }));
    const drop = { phase: phase as 'idle', sinceMs: 0 };
    return telemetryBody(bareSnapshot({ warnings, drop }), FACTS, MOMENT).status.health;
  };
  assert.equal(
    [health([]), health(['info']), health(['info', 'warning']), health(['warning', 'critical'])],
    ['ok', 'ok', 'degraded', 'failed'],
  );
  assert.is(health([], 'fault'), 'failed');
});

test('an unused modem is reported as a link, and a used one only once', () => {
  const full = fullSnapshot();
  const ids = (snapshot: typeof full) =>
    telemetryBody(snapshot, FACTS, MOMENT).links.links.map(({ id, state }) => [id, state]);
  assert.equal(ids(full), [
    ['eth0', 'active'],
    ['wwan0', 'active'],
    ['wwan1', 'stalled'],
  ]);
  assert.equal(ids({ ...full, uplink: undefined }), [
    ['wwan0', null],
    ['wwan1', null],
  ]);
  const plannedLinks = [{ id: 'blue', device: 'wwan0' }, { id: 'cable' }];
  assert.equal(ids({ ...full, uplink: undefined, plannedLinks }), [
    ['blue', null],
    ['cable', null],
    ['wwan1', null],
  ]);
});

test('SRT without bonding is one active link while it is connected, else none', () => {
  const active = (phase: 'connected' | 'connecting') => {
    const { bond: _bond, ...srt } = fullSnapshot().uplink as never as { bond: unknown };
    const uplink = { ...srt, phase } as never;
    return telemetryBody(fullSnapshot({ uplink }), FACTS, MOMENT).links.active;
  };
  assert.equal(active('connected'), ['direct']);
  assert.equal(active('connecting'), []);
});

test('latencies of renditions: medians by viewers, the worst 95th percentile', () => {
  assert.is(mergeLatencies([]), undefined);
  assert.equal(
    mergeLatencies([
      { p50: 1_000, p95: 2_000, n: 3 },
      { p50: 2_000, p95: 5_000, n: 1 },
      { p50: 0, p95: 0, n: 0 },
    ]),
    { p50: 1_250, p95: 5_000, n: 4 },
  );
});

test('silence is counted from the first silent reading, and unknown without sound', () => {
  const meter = new SilenceMeter();
  const at = (dbfs: number | undefined, nowMs: number) =>
    meter.note(dbfs === undefined ? undefined : { peakDbfs: [dbfs], rmsDbfs: [dbfs] }, nowMs)
      .seconds;
  assert.equal(
    [at(-20, 0), at(-90, 1_000), at(-90, 8_000), at(-20, 9_000), at(undefined, 10_000)],
    [0, 0, 7, 0, undefined],
  );
});

test('any warning key is one level of a topic', () => {
  fc.assert(
    fc.property(fc.string(), (key) => {
      assert.match(topicLevel(key), /^[a-z0-9][a-z0-9.-]{0,62}$/);
      const alert = alertBody({ key, severity: 'info', sinceMs: 0, text: key, advice: key });
      assert.is(alert.key, topicLevel(key));
    }),
  );
});

test('text is clipped to its length, and never within a character', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.integer({ min: 1, max: 20 }),
      (text, most) => {
        const clipped = clipText(text, most);
        assert.ok(clipped.length <= most);
        assert.ok((clipped as string & { isWellFormed?(): boolean }).isWellFormed?.() ?? true);
        if (text.length <= most) assert.is(clipped, text);
      },
    ),
  );
  assert.equal(
    [rounded(undefined, 1), rounded(Number.NaN, 1), rounded(1.26, 1)],
    [null, null, 1.3],
  );
});

/** Runs the plan as the box does, for so many seconds; counts what went out. */
function count(plan: TelemetryPlan, fromS: number, seconds: number, isLive: boolean) {
  const sent: Partial<Record<PeriodicName, number>> = {};
  for (let s = fromS; s < fromS + seconds; s += 1) {
    for (const { name, isCleared } of plan.due(s * 1000, isLive, {})) {
      plan.sent(name, s * 1000, undefined);
      if (!isCleared) sent[name] = (sent[name] ?? 0) + 1;
    }
  }
  return sent;
}

test('an idle hour and a live hour have as many messages as the table says', () => {
  const plan = new TelemetryPlan();
  assert.equal(count(plan, 0, 3_600, false), {
    ...{ status: 120, links: 60, audio: 60, battery: 30 },
    ...{ viewers: 12, camera: 12, printer: 12, storage: 12, fleet: 60 },
  });
  assert.equal(count(plan, 3_600, 3_600, true), {
    ...{ status: 720, links: 1_800, stream: 1_800, audio: 1_800 },
    ...{ viewers: 120, battery: 120, camera: 120, printer: 120, storage: 120 },
    ...{ fleet: 360, poster: 120 },
  });
});

test('a message that could not be sent stays due, and a change is due at once', () => {
  const plan = new TelemetryPlan();
  const names = (nowMs: number, printer: string) =>
    plan.due(nowMs, false, { printer }).map(({ name }) => name);
  assert.is(names(0, 'ok').length, PERIODIC.length);
  assert.is(names(1_000, 'ok').length, PERIODIC.length);
  for (const name of PERIODIC) plan.sent(name, 1_000, name === 'printer' ? 'ok' : undefined);
  assert.equal(names(2_000, 'ok'), []);
  assert.equal(names(3_000, 'out'), ['printer']);
  assert.equal(names(4_000, 'out'), ['printer']);
});

test.run();
