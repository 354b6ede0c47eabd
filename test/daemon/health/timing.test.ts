/** When alerts are shown and cleared. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_HISTORY, NOTHING_RECEIVED, watchFacts } from '../../../daemon/health/facts.ts';
import { sharedDisks } from '../../../daemon/health/recording-rules.ts';
import { alertsOf, NO_ALERTS, type Rule, stepHealth } from '../../../daemon/health/step.ts';
import { figures, recordingTo, WELL } from '../../support/snapshot.ts';
import {
  battery,
  type Change,
  failedBy,
  links,
  printer,
  uplink,
  watch,
} from './support/watched-box.ts';

const test = suite('timing of alerts');

test('copies on disks of their own, or on one that was pulled out, are not on one disk', () => {
  const on = (id: string, ...disks: string[]) => ({ ...recordingTo(id), disks });
  assert.equal(sharedDisks([on('sd', 'mmcblk0'), on('usb', 'sda'), recordingTo('new')]), []);
  assert.equal(sharedDisks([on('sd', 'sda'), { ...failedBy('gone'), disks: ['sda'] }]), []);
  const shared = sharedDisks([on('sd', 'sda'), on('raid', 'sda', 'sdb'), on('usb', 'sdb')]);
  assert.equal(shared, [
    { disk: 'sda', ids: ['sd', 'raid'] },
    { disk: 'sdb', ids: ['raid', 'usb'] },
  ]);
});

test('viewers that are turned away are an alert while it happens', async () => {
  const refused = (refusedTotal: number): Change => ({
    media: figures({ http: { ...figures().http, refusedTotal } }),
  });
  await using box = watch(refused(5));
  await box.clock.advance(2_000);
  assert.equal(box.keys(), [], 'what happened before the start does not count');
  box.set(refused(6));
  await box.clock.advance(2_000);
  assert.ok(box.keys().includes('viewers-refused'));
});

test('a clip of a tenth of a second between two polls is not missed', async () => {
  await using box = watch();
  await box.clock.advance(2_500);
  box.health.recordLevels({ peakDbfs: [-10, 0], rmsDbfs: [-20, -20] });
  box.health.recordLevels({ peakDbfs: [-10, -10], rmsDbfs: [-20, -20] });
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

test('events that were lost once are not an alert for ever, though each alert is an event too', async () => {
  await using box = watch({ events: { waiting: 1, lostTotal: 9, lostNow: 9 } });
  await box.clock.advance(2_000);
  assert.equal(box.keys(), ['events-lost']);
  box.set({ events: { waiting: 0, lostTotal: 9, lostNow: 0 } });
  await box.clock.advance(8_000);
  box.set({ events: { waiting: 1, lostTotal: 9, lostNow: 0 } });
  await box.clock.advance(60_000);
  assert.equal(box.keys(), []);
});

test('a blip shorter than its time to visible is not shown', async () => {
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
  const reported = box.events.filter(({ data }) => data['key'] === 'link-wwan1-down');
  assert.equal(
    reported.map(({ type }) => type),
    ['alert.raised'],
  );
});

test('the most severe comes first, then the oldest', async () => {
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

test('whatever a box reports, warnings alternate, are bounded and have keys that topics take', () => {
  const names = fc.array(fc.oneof(fc.constant(''), fc.constant('a'), fc.string()), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(names, (seen) => {
      let health = NO_ALERTS;
      let history = NO_HISTORY;
      const shown = new Set<string>();
      for (const [i, name] of seen.entries()) {
        const polled = watchFacts(history, { ...WELL, name }, NOTHING_RECEIVED, i * 1_000);
        history = polled.history;
        const step = stepHealth([flappingRule], health, polled.facts, i * 1_000, i);
        health = step.health;
        for (const { key } of step.raised) {
          assert.not(shown.has(key));
          assert.match(key, /^link-[a-z0-9-]+-down$/);
          shown.add(key);
        }
        for (const { warning } of step.cleared) assert.ok(shown.delete(warning.key));
        assert.is(alertsOf(health).length, shown.size);
        assert.ok(health.size <= 64);
      }
    }),
  );
});

test('the death of a child is reported once, by itself or by what explains it, however long that lasts', () => {
  const rule = (key: string, afterMs: number, found: () => boolean, dependsOn: string[]): Rule => ({
    key,
    severity: 'warning',
    afterMs,
    holdMs: 20_000,
    advice: 'Wait.',
    dependsOn,
    find: () => (found() ? 'it is so' : undefined),
  });
  const { facts } = watchFacts(NO_HISTORY, WELL, NOTHING_RECEIVED, 0);
  for (let downPolls = 0; downPolls < 6; downPolls += 1) {
    let poll = 0;
    const rules = [
      rule('down', 1_500, () => poll < downPolls, []),
      rule('died', 0, () => poll === 0, ['down']),
    ];
    let health = NO_ALERTS;
    const raised: string[] = [];
    for (; poll < 15; poll += 1) {
      const step = stepHealth(rules, health, facts, poll * 1_000, poll * 1_000);
      health = step.health;
      raised.push(...step.raised.map(({ key }) => key));
    }
    assert.equal(raised, [downPolls > 2 ? 'down' : 'died'], `down for ${downPolls} polls`);
  }
});

test('the text of a standing alert is that of its newest cause, and follows at most every 10 s', async () => {
  const away = (reason: string): Change => ({ broker: { phase: 'away', reason } });
  await using box = watch(away('certificate has expired'));
  const shown = () => box.health.warnings().map(({ key, detail }) => `${key}: ${detail}`);
  await box.clock.advance(8_000);
  box.set(away('host name does not match'));
  await box.clock.advance(8_000);
  assert.equal(shown(), ['broker-away: host name does not match'], 'newest when it is shown');
  const [{ sinceMs = 0 } = {}] = box.health.warnings();
  const seen: string[] = [];
  for (let i = 0; i < 40; i += 1) {
    box.set(away(i % 2 === 0 ? 'a' : 'b'));
    await box.clock.advance(1_000);
    const [now = ''] = shown();
    if (seen.at(-1) !== now) seen.push(now);
  }
  assert.ok(seen.length >= 2 && seen.length <= 6, seen.join());
  box.set(away('client certificate required'));
  await box.clock.advance(11_000);
  assert.equal(shown(), ['broker-away: client certificate required']);
  assert.is(box.health.warnings()[0]?.sinceMs, sinceMs, 'it stands since it was raised');
});

test.run();
