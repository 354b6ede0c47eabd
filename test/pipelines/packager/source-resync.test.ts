/** Realignment of sources that lag. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseCaps } from '../../../pipelines/gdp/caps.ts';
import { limitsFor } from '../../../pipelines/hls/limits.ts';
import { EncoderRouting } from '../../../pipelines/packager/encoder-routing.ts';
import { Renditions } from '../../../pipelines/packager/renditions.ts';
import { RunTimeline } from '../../../pipelines/packager/run-timeline.ts';
import { SegmentClock } from '../../../pipelines/packager/segment-clock.ts';
import { SourceResync } from '../../../pipelines/packager/source-resync.ts';
import type { Stamping } from '../../../pipelines/packager/timeline.ts';
import { AUDIO_CAPS, VIDEO_CAPS } from '../../support/feed.ts';

const test = suite('resynchronisation of sources');

const FRAME_US = 1e6 / 30;
const TRACKS = [
  { id: 'high', kind: 'video' },
  { id: 'audio', kind: 'audio' },
] as const;

/** A picture that began at media time 0 and has shown one segment, and what is published since. */
function openLate(audio: Stamping = 'count') {
  const limits = limitsFor(200, 1000, 20);
  const clock = new SegmentClock(1e6, limits.targetDurationS, 100);
  const options = { tracks: TRACKS, limits, firstDiscontinuity: 0, onPublish: () => undefined };
  const renditions = new Renditions(options, clock);
  const routing = new EncoderRouting(renditions, clock);
  const resync = new SourceResync(renditions, routing, clock);
  const run = new RunTimeline({ video: 'count', audio }, 0);
  for (const [id, caps] of [
    ['high', VIDEO_CAPS],
    ['audio', AUDIO_CAPS],
  ] as const) {
    const format = parseCaps(caps);
    if (format === undefined) throw new Error('caps');
    routing.setFormat(id, format);
  }
  const unitAt = (frame: number, arrivedUs: number) => ({
    runningUs: frame * FRAME_US,
    isKeyframe: frame % 30 === 0,
    isDiscont: false,
    data: Buffer.from('v'),
    arrivedUs,
  });
  const first = { trackId: 'high', kind: 'video', unit: unitAt(0, 0) } as const;
  run.buffer(first);
  clock.begin(run.place(0).startUs, false);
  const group = run.groupOf('video', first.unit);
  for (let frame = 0; frame < 30; frame += 1) {
    const { isKeyframe, isDiscont, data } = unitAt(frame, 0);
    const timeUs = group.place(frame * FRAME_US);
    routing.route('high', { timeUs, isKeyframe, isDiscont, data, arrivedUs: timeUs });
  }
  return {
    clock,
    renditions,
    run,
    group,
    /** The picture stands still: its track is told as lost up to there. */
    lose: (untilUs: number) =>
      renditions.change('high', (cutter) => {
        cutter.break();
        cutter.fillWithGaps(untilUs, untilUs / 1000);
      }),
    follow: (frame: number, arrivedUs: number) =>
      resync.check(run, group, 'high', unitAt(frame, arrivedUs)),
    /** Sound that comes where it belongs, and is published. */
    hear: (timeUs: number) => {
      const unit = { ...unitAt(0, timeUs), runningUs: timeUs };
      const sound = run.groupOf('audio', { ...unit, arrivedUs: timeUs });
      resync.check(run, sound, 'audio', unit);
      const { isKeyframe, isDiscont, data } = unit;
      routing.route('audio', { timeUs, isKeyframe, isDiscont, data, arrivedUs: timeUs });
    },
    beginRun: () => resync.beginRun(),
  };
}

test('a source that is behind may catch up for a second; then its next key frame gets its arrival time', () => {
  const { clock, group, lose, follow } = openLate();
  lose(4_000_000);
  follow(30, 4_000_000);
  follow(60, 4_900_000);
  assert.is(group.place(0), 0, 'it may catch up yet');
  follow(65, 5_100_000);
  assert.is(group.place(0), 0, 'no key frame');
  follow(90, 5_200_000);
  assert.is(Math.round(group.place(90 * FRAME_US)), 5_200_000);
  assert.is(clock.newest?.isDiscontinuity, true);
  assert.is(clock.newest?.startUs, 5_200_000);
});

test('audio on time does not reset the lag of video', () => {
  const { group, lose, follow, hear } = openLate();
  hear(0);
  lose(4_000_000);
  follow(30, 4_000_000);
  hear(4_500_000);
  follow(60, 5_200_000);
  assert.is(Math.round(group.place(60 * FRAME_US)), 5_200_000);
});

test('a new run has a second to catch up, whatever was before it', () => {
  const { group, lose, follow, beginRun } = openLate();
  lose(4_000_000);
  follow(30, 4_000_000);
  beginRun();
  follow(60, 5_200_000);
  assert.is(group.place(0), 0);
});

test('a source that has caught up has a second again', () => {
  const { group, renditions, lose, follow } = openLate();
  lose(4_000_000);
  follow(30, 4_000_000);
  // It is published again where it belongs.
  renditions.change('high', (cutter) => {
    const data = Buffer.from('v');
    cutter.add({ timeUs: 4_000_000, isKeyframe: true, isDiscont: false, data }, 4_000);
  });
  follow(125, 4_500_000);
  follow(30, 5_200_000);
  assert.is(group.place(0), 0);
});

test('a source is not moved onto published media, nor into a segment that has just started', () => {
  for (const [newestUs, startUs] of [
    [5_900_000, 6_000_000],
    [6_200_000, 6_250_000],
  ] as const) {
    const { clock, group, lose, follow } = openLate();
    lose(6_000_000);
    follow(30, 4_000_000);
    clock.begin(newestUs, false);
    follow(60, 5_200_000);
    assert.is(Math.round(group.place(60 * FRAME_US)), startUs);
  }
});

test('a source that drifts from its own clock is moved though it is not behind, and its track restarts', () => {
  const { group, renditions, follow } = openLate();
  for (let us = 0; us < 10_000_000; us += 100_000) {
    group.observe(us, us < 3_500_000 ? us : us + 200_000);
  }
  follow(29, 1_200_000);
  assert.not.ok(renditions.isBroken('high'), 'no key frame');
  follow(30, 1_200_000);
  assert.is(Math.round(group.place(30 * FRAME_US)), 1_200_000);
  assert.ok(renditions.isBroken('high'));
});

test('audio on a clock of its own is not moved with the video', () => {
  const { run, lose, follow } = openLate('clock');
  const data = Buffer.alloc(0);
  const sound = { runningUs: 0, isKeyframe: true, isDiscont: false, data, arrivedUs: 30_000 };
  run.groupOf('audio', sound);
  lose(4_000_000);
  follow(30, 4_000_000);
  follow(60, 5_200_000);
  assert.is(run.timeOf('audio', 0), 30_000);
  assert.is(Math.round(run.timeOf('video', 60 * FRAME_US) ?? 0), 5_200_000);
});

test.run();
