/** The position of a capture run in media time. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RunTimeline } from '../../../pipelines/packager/run-timeline.ts';
import type { Stamping } from '../../../pipelines/packager/timeline.ts';
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

const openRun = (video: Stamping = 'clock', audio: Stamping = 'clock') =>
  new RunTimeline({ video, audio }, BEGUN_US);

function hold(run: RunTimeline, trackId: string, kind: TrackKind, units: number): void {
  for (let i = 0; i < units; i += 1) run.buffer({ trackId, kind, unit: unitAt(i * FRAME_US) });
}

test('a run without units is never placed', () => {
  assert.not.ok(openRun().canPlace(['high'], BEGUN_US + 60e6));
});

test('a run is placed when each of its tracks has a few units', () => {
  const run = openRun();
  hold(run, 'high', 'video', 10);
  const nowUs = BEGUN_US + 500_000;
  assert.not.ok(run.canPlace(['high', 'audio'], nowUs), 'the sound has not come');
  assert.ok(run.canPlace(['high'], nowUs), 'there is none to come');
  hold(run, 'audio', 'audio', 10);
  assert.ok(run.canPlace(['high', 'audio'], nowUs));
});

test('a track that does not come is waited for no longer than two seconds', () => {
  const run = openRun();
  hold(run, 'high', 'video', 10);
  assert.not.ok(run.canPlace(['high', 'audio'], BEGUN_US + 1_900_000));
  assert.ok(run.canPlace(['high', 'audio'], BEGUN_US + 2_100_000));
});

test('buffered units are returned once, in order, and get their position by their arrival', () => {
  const run = openRun();
  hold(run, 'high', 'video', 3);
  assert.is(run.timeOf('video', 0), undefined);
  const { startUs, buffered } = run.place(0);
  assert.is(startUs, BEGUN_US + 10_000);
  assert.equal(
    buffered.map(({ unit }) => unit.runningUs),
    [0, FRAME_US, 2 * FRAME_US],
  );
  assert.not.ok(run.isBuffering);
  assert.ok(run.isPlaced);
  assert.is(run.timeOf('video', FRAME_US), BEGUN_US + 10_000 + FRAME_US);
});

test('a run starts no earlier than the last one ended', () => {
  const run = openRun();
  hold(run, 'high', 'video', 3);
  assert.is(run.place(BEGUN_US + 900_000).startUs, BEGUN_US + 900_000);
  assert.is(run.timeOf('video', 0), BEGUN_US + 900_000);
});

test('a group that comes late shares the clock of the other; one that counts has its own arrival', () => {
  for (const [stamping, lateUs] of [
    ['clock', 10_000],
    ['count', 80_000],
  ] as const) {
    const run = openRun('clock', stamping);
    hold(run, 'high', 'video', 10);
    run.place(0);
    assert.is(run.timeOf('audio', 0), undefined);
    const late = run.groupOf('audio', unitAt(3e6, 80_000));
    assert.is(late.place(0), BEGUN_US + lateUs, stamping);
    assert.is(run.groupOf('audio', unitAt(4e6, 500_000)), late, 'it has begun');
    assert.is(run.timeOf('audio', 0), BEGUN_US + lateUs);
  }
});

test('picture and sound on one clock move together, a source that counts moves alone', () => {
  for (const [video, audio, kinds] of [
    ['clock', 'clock', ['video', 'audio']],
    ['count', 'clock', ['video']],
    ['clock', 'count', ['video']],
    ['count', 'count', ['video']],
  ] as const) {
    const run = openRun(video, audio);
    hold(run, 'high', 'video', 10);
    hold(run, 'audio', 'audio', 10);
    run.place(0);
    const moving = run.movingWith(run.groupOf('video', unitAt(0)));
    assert.equal([...moving.keys()], [...kinds], `${video}, ${audio}`);
  }
});

test.run();
