/** The position of a capture run in media time. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RunTimeline } from '../../../pipelines/packager/run-timeline.ts';
import type { ArrivedUnit, TrackKind } from '../../../pipelines/packager/track.ts';

const test = suite('timeline of a run');

const BEGUN_US = 5_000_000;
const FRAME_US = 40_000;

/** A unit that came so late after it was captured; running time 0 is `BEGUN_US`. */
const unitAt = (runningUs: number, lateUs = 10_000): ArrivedUnit => ({
  runningUs,
  isKeyframe: runningUs === 0,
  isDiscont: false,
  data: Buffer.alloc(0),
  arrivedUs: BEGUN_US + runningUs + lateUs,
});

const openRun = () => new RunTimeline(BEGUN_US);

function hold(run: RunTimeline, trackId: string, kind: TrackKind, units: number): void {
  for (let i = 0; i < units; i += 1) run.buffer({ trackId, kind, unit: unitAt(i * FRAME_US) });
}

const HIGH = ['high'];
const END = { endUs: BEGUN_US + 100_000, frameUs: FRAME_US };

test('a run without units is never placed', () => {
  assert.is(openRun().placeFirst(HIGH, BEGUN_US + 60e6), undefined);
  assert.is(openRun().placeNext(HIGH, END, undefined, BEGUN_US + 60e6), undefined);
});

test('the first run is placed when each of its tracks has a few units', () => {
  const run = openRun();
  hold(run, 'high', 'video', 10);
  const nowUs = BEGUN_US + 500_000;
  assert.not.ok(run.placeFirst(['high', 'audio'], nowUs), 'the sound has not come');
  hold(run, 'audio', 'audio', 10);
  assert.ok(run.placeFirst(['high', 'audio'], nowUs));
});

test('a track that does not come is waited for no longer than two seconds', () => {
  const run = openRun();
  hold(run, 'high', 'video', 10);
  assert.not.ok(run.placeFirst(['high', 'audio'], BEGUN_US + 1_900_000));
  assert.ok(run.placeFirst(['high', 'audio'], BEGUN_US + 2_100_000));
});

test('buffered units are returned once, in order, and get their position by their arrival', () => {
  const run = openRun();
  hold(run, 'high', 'video', 3);
  assert.is(run.timeOf(0), undefined);
  const placed = run.placeFirst([], BEGUN_US + 500_000);
  assert.is(placed?.startUs, BEGUN_US + 10_000);
  assert.equal(
    placed?.buffered.map(({ unit }) => unit.runningUs),
    [0, FRAME_US, 2 * FRAME_US],
  );
  assert.ok(run.isPlaced);
  assert.is(run.timeOf(FRAME_US), BEGUN_US + 10_000 + FRAME_US);
});

test('a later run starts with its first key frame, on the grid of what is published', () => {
  const run = openRun();
  run.buffer({ trackId: 'audio', kind: 'audio', unit: unitAt(0) });
  assert.not.ok(run.placeNext(HIGH, { ...END, endUs: BEGUN_US - 77_000 }, undefined, BEGUN_US));
  hold(run, 'high', 'video', 1);
  const placed = run.placeNext(HIGH, { ...END, endUs: BEGUN_US - 77_000 }, undefined, BEGUN_US);
  assert.is(placed?.startUs, BEGUN_US - 77_000 + 2 * FRAME_US);
});

test('a key frame before the end of what is published does not start it; the next one does', () => {
  const run = openRun();
  hold(run, 'high', 'video', 3);
  assert.not.ok(run.placeNext(HIGH, END, undefined, BEGUN_US + 100_000));
  run.buffer({ trackId: 'high', kind: 'video', unit: { ...unitAt(400_000), isKeyframe: true } });
  const placed = run.placeNext(HIGH, END, undefined, BEGUN_US + 450_000);
  assert.ok(Math.abs((placed?.startUs ?? 0) - (BEGUN_US + 410_000)) <= FRAME_US / 2);
});

test('the machine’s clock and the delay of before place a run exactly, however late its first frame', () => {
  const run = openRun();
  run.buffer({ trackId: 'high', kind: 'video', unit: unitAt(0, 90_000) });
  const end = { endUs: BEGUN_US + 20_000 - 5 * FRAME_US, frameUs: FRAME_US };
  assert.not.ok(run.placeNext(HIGH, end, 20_000, BEGUN_US + 100_000), 'the clock is waited for');
  run.clockUs = BEGUN_US;
  assert.is(run.placeNext(HIGH, end, 20_000, BEGUN_US + 100_000)?.startUs, BEGUN_US + 20_000);
  assert.is(run.delayUs, 20_000);
});

test.run();
