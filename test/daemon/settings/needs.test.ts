/** What each setting needs: put in force as soon as it can be, told to its parts, and taken back. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Field, settingsOfSchema } from '../../../daemon/config/form/form.ts';
import { valueAt } from '../../../daemon/config/form/layers.ts';
import type { DropPhase } from '../../../daemon/model/snapshot.ts';
import { changesOf } from '../../../daemon/settings/change.ts';
import { needOf, type Part, partsOf, waits } from '../../../daemon/settings/needs.ts';
import { readTrial } from '../../../daemon/settings/trial.ts';
import { renderNeedsReadme, SETTINGS_README } from '../../../scripts/schemas/needs.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { openTestSettings, testFolder } from './support.ts';

const test = suite('what settings need');

const PARTS: readonly Part[] = [
  ...(['mqtt', 'metrics', 'announce', 'network', 'addresses'] as const),
  ...(['modems', 'printer', 'broker', 'backfill', 'links', 'media'] as const),
  ...(['source', 'lock', 'panel', 'battery', 'page', 'webhook'] as const),
];

/** Of wide ranges the lower end: ports, not bitrates. */
const numberIn = (min: number, max: number) =>
  fc.integer({ min: Math.ceil(min), max: Math.max(Math.ceil(min), Math.min(max, min + 9_000)) });

/** Values that a form may send; undefined where the field has none that is made up easily. */
function madeUp(field: Field): fc.Arbitrary<unknown> | undefined {
  switch (field.kind) {
    case 'flag':
      return fc.boolean();
    case 'number':
      return numberIn(field.min ?? 0, field.max ?? 9_000);
    case 'choice':
      return fc.constantFrom(...field.choices);
    case 'text':
      return fc.constantFrom('one', 'two', '', 'https://example.org/live/');
    case 'time':
      return fc.constantFrom('2026-05-01T20:00:00Z', '');
    default:
      return undefined;
  }
}

const RENDITIONS = [
  [{ name: 'high', width: 1280, height: 720, bitrate_bps: 2_000_000 }],
  [{ name: 'low', width: 640, height: 360, bitrate_bps: 600_000 }],
];
const TARGETS = [[], [{ id: 'usb', folder: '/tmp/usb' }]];

const change: fc.Arbitrary<readonly [string, unknown]> = fc.oneof(
  ...settingsOfSchema().flatMap(({ path, field }) => {
    const value = madeUp(field);
    return value === undefined ? [] : [value.map((one) => [path, one] as const)];
  }),
  fc.constantFrom(...RENDITIONS).map((one) => ['renditions', one] as const),
  fc.constantFrom(...TARGETS).map((one) => ['recording.targets', one] as const),
);

async function openBox(folder: Awaited<ReturnType<typeof testFolder>>) {
  const clock = new VirtualClock();
  let phase: DropPhase = 'idle';
  let restarts = 0;
  const restarted = new Set<Part>();
  const onRestart = () => {
    restarts += 1;
  };
  const options = { clock, phase: () => phase, onRestart };
  const opened = openTestSettings(await folder.load(), folder.folder, options);
  for (const part of PARTS) opened.live.follow(part, () => restarted.add(part));
  const stop = new AbortController();
  const running = opened.settings.run(stop.signal);
  return {
    ...opened,
    clock,
    restarted,
    restarts: () => restarts,
    setPhase: (next: DropPhase) => {
      phase = next;
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

const run = fc.record({
  changes: fc.array(change, { minLength: 1, maxLength: 3 }),
  phase: fc.constantFrom<DropPhase>('idle', 'live', 'armed', 'ending', 'preflight'),
});

test('whatever is changed is in force as soon as it can be, and undone in the same way', async () => {
  let saved = 0;
  const property = fc.asyncProperty(run, async ({ changes, phase }) => {
    await using folder = await testFolder();
    await using box = await openBox(folder);
    const before = box.live.given();
    box.setPhase(phase);
    const wish = Object.fromEntries(changes);
    const outcome = await box.save(wish);
    // Some values do not go together.
    if (outcome.status === 'wrong') return;
    saved += 1;
    const holds = (path: string) =>
      assert.equal(valueAt(box.live.given(), path), valueAt(wanted, path), path);
    const stays = (path: string) =>
      assert.equal(valueAt(box.live.given(), path), valueAt(before, path), path);
    const wanted = (await folder.load()).config;
    const all = changesOf(before, wanted);
    for (const { path, need } of all) {
      if (need === 'restart' || (phase !== 'idle' && waits(need))) stays(path);
      else holds(path);
    }
    box.setPhase('idle');
    await box.clock.advance(62_000);
    for (const { path, need } of all) if (need !== 'restart') holds(path);
    const parts = all.flatMap((one) => (one.need === 'restart' ? [] : one.parts));
    assert.equal([...box.restarted].toSorted(), [...new Set(parts)].toSorted());
    const hasRestart = all.some(({ need }) => need === 'restart');
    assert.is(box.restarts() > 0, hasRestart, `restarted for ${all.map(({ path }) => path)}`);
    const undo = Object.fromEntries(Object.keys(wish).map((path) => [path, null]));
    const undone = await box.save(undo);
    assert.ok(undone.status !== 'wrong', JSON.stringify(undone));
    for (const { path } of all) stays(path);
    assert.equal((await box.settings.view()).pending, { restart: [], drop: [] });
  });
  await fc.assert(property, { seed: 16, numRuns: 60 });
  assert.ok(saved > 20, `${saved} were saved`);
});

test('what does not go with a setting that waits for the end of a drop waits with it', async () => {
  await using folder = await testFolder();
  await using box = await openBox(folder);
  box.setPhase('live');
  const changes = { 'viewers.port': 9_999, 'metrics.port': 8_080, 'drop.title': 'Tonight' };
  assert.is((await box.save(changes)).status, 'saved');
  const { metrics, drop } = box.live.current();
  assert.equal([metrics.port, drop.title], [0, 'Tonight'], 'guests are still on port 8080');
  const { pending } = await box.settings.view();
  assert.equal(pending.drop.toSorted(), ['metrics.port', 'viewers.port']);
  box.setPhase('idle');
  await box.clock.advance(62_000);
  const now = box.live.current();
  assert.equal([now.viewers.port, now.metrics.port, box.restarts()], [9_999, 8_080, 0]);
});

test('settings that are in force and have run for half a minute are on trial no more', async () => {
  for (const phase of ['idle', 'live'] as const) {
    await using folder = await testFolder();
    await using box = await openBox(folder);
    box.setPhase(phase);
    const saved = await box.save({ 'operator.port': 9_123, 'viewers.port': 9_124 });
    assert.is(saved.status, 'saved');
    assert.is(readTrial(folder.folder).phase, 'new');
    await box.clock.advance(20_000);
    assert.is(readTrial(folder.folder).phase, 'new');
    await box.clock.advance(40_000);
    // The port of guests waits for the end of the drop.
    if (phase === 'live') assert.is(readTrial(folder.folder).phase, 'new');
    box.setPhase('idle');
    const isOver = () => readTrial(folder.folder).phase === 'none';
    for (let i = 0; i < 600 && !isOver(); i += 1) {
      await box.clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.ok(isOver());
  }
});

test('what the rules of the guests’ network hold restarts it', () => {
  for (const [path, after] of [
    ['viewers.port', 9_124],
    ['viewers.whep.port', 8_189],
    ['viewers.host', '127.0.0.1'],
    ['network.guests.device', 'wlan0'],
    ['network.guests.ssid', 'Stage'],
  ] as const) {
    const change = { path, before: undefined, after, isEdge: false };
    assert.ok(partsOf(change).includes('network'), path);
  }
});

test('longer clips need the process that keeps the stream for them again, shorter ones do not', () => {
  const change = { path: 'clips.length_s', before: 30, isEdge: false };
  assert.equal(partsOf({ ...change, after: 60 }), ['media']);
  assert.ok(waits(needOf({ ...change, after: 60 })));
  assert.is(needOf({ ...change, after: 10 }), 'nothing');
});

/** By key, what the README says that it needs. */
function listedIn(readme: string): ReadonlyMap<string, string> {
  const lines = [...readme.matchAll(/^- \*\*(.+)\*\*: (.+)$/gm)];
  return new Map(
    lines.flatMap(([, title = '', keys = '']) => keys.split(', ').map((key) => [key, title])),
  );
}

test('the README lists under what each setting needs', () => {
  const readme = readFileSync(SETTINGS_README, 'utf8');
  const [listed, wanted] = [listedIn(readme), listedIn(renderNeedsReadme(readme))];
  assert.ok(listed.size > 150, `${listed.size}`);
  const run = 'run: node --import tsx scripts/schemas.ts';
  for (const [key, title] of listed) assert.is(title, wanted.get(key), `${key}; ${run}`);
});

test('sound that is the camera’s, or is so no more, takes the picture away for a moment', () => {
  const need = (before: string, after: string) =>
    needOf({ path: 'sound.driver', before, after, isEdge: false });
  assert.is(need('alsa', 'camera'), 'camera');
  assert.is(need('camera', 'alsa'), 'camera');
  assert.is(need('test', 'alsa'), 'sound');
  assert.is(need('none', 'camera'), 'media');
});

test.run();
