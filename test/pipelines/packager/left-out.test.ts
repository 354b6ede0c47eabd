/** Frames that a camera leaves out: their neighbours are shown longer, and no part overlaps another. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseCaps } from '../../../pipelines/gdp/caps.ts';
import { limitsFor } from '../../../pipelines/hls/limits.ts';
import { RenditionWindow } from '../../../pipelines/hls/window.ts';
import { readFragment } from '../../../pipelines/mp4/fragment.ts';
import { TrackCutter } from '../../../pipelines/packager/cutter.ts';
import { SegmentClock } from '../../../pipelines/packager/segment-clock.ts';
import { IDR_UNIT, VIDEO_CAPS } from '../../support/feed.ts';

const test = suite('frames that were left out');

const FRAME_US = 1e6 / 30;
/** Ten seconds. */
const FRAMES = 300;
/** One more is lost media. */
const LEFT_OUT_MAX = 5;

interface Span {
  readonly startTicks: number;
  readonly endTicks: number;
}

/** The parts of a picture of which these frames come. */
function partsOf(frames: readonly number[]): {
  readonly parts: readonly Span[];
  readonly ticksPerFrame: number;
  readonly repeated: number;
} {
  const format = parseCaps(VIDEO_CAPS);
  if (format === undefined) throw new Error(VIDEO_CAPS);
  const limits = limitsFor(200, 1000, 100);
  const clock = new SegmentClock(1e6, limits.targetDurationS, 1);
  clock.begin(0, false);
  const window = new RenditionWindow(limits);
  const cutter = new TrackCutter(window, clock, limits);
  cutter.setFormat(format, 'a');
  for (const frame of frames) {
    const isKeyframe = frame % 30 === 0;
    const data = isKeyframe ? IDR_UNIT : Buffer.from(`frame ${frame}`);
    const unit = { timeUs: frame * FRAME_US, isKeyframe, data, isDiscont: false };
    cutter.add(unit, frame * 33);
  }
  cutter.end(FRAMES * 33);
  const parts = window.listed().flatMap((segment) =>
    segment.parts.map(({ bytes }) => {
      const read = readFragment(bytes ?? Buffer.alloc(0));
      const startTicks = read?.decodeTicks ?? Number.NaN;
      return { startTicks, endTicks: startTicks + (read?.durationTicks ?? Number.NaN) };
    }),
  );
  const ticksPerFrame = Math.round(format.timescale / 30);
  return { parts, ticksPerFrame, repeated: cutter.repeatedFramesTotal };
}

test('however many are left out where, each part begins where the one before ends', () => {
  // Runs of frames that come, and how many are left out behind each; never a key frame.
  const runs = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: LEFT_OUT_MAX })),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(runs, (all) => {
      const frames: number[] = [];
      let next = 0;
      for (const [come, leftOut] of all) {
        for (let i = 0; i < come; i += 1, next += 1) frames.push(next);
        for (let i = 0; i < leftOut && next % 30 !== 0; i += 1) next += 1;
      }
      for (; next <= Math.min(FRAMES, frames.length + 30); next += 1) frames.push(next);
      const { parts, ticksPerFrame, repeated } = partsOf(frames);
      for (const [i, part] of parts.entries()) {
        const before = parts[i - 1]?.endTicks ?? 0;
        const apart = (part.startTicks - before) / ticksPerFrame;
        assert.ok(Math.abs(apart) < 0.01, `part ${i} begins ${apart} frames after the one before`);
      }
      const last = frames.at(-1) ?? 0;
      assert.is(Math.round((parts.at(-1)?.endTicks ?? 0) / ticksPerFrame), last + 1);
      assert.is(repeated, last + 1 - frames.length);
    }),
  );
});

test('frames that are left out over the end of a part count in both', () => {
  // Parts have six frames: 3 to 6 are missing, so that frame 2 fills its part, and 7 is shown for two.
  const { parts, ticksPerFrame } = partsOf([0, 1, 2, 7, 8, 9, 10, 11, 12]);
  assert.equal(
    parts.map(({ startTicks, endTicks }) => [startTicks / ticksPerFrame, endTicks / ticksPerFrame]),
    [
      [0, 6],
      [6, 12],
      [12, 13],
    ],
  );
});

test.run();
