/** Segments of one track. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseCaps } from '../../../pipelines/gdp/caps.ts';
import { limitsFor } from '../../../pipelines/hls/limits.ts';
import { RenditionWindow } from '../../../pipelines/hls/window.ts';
import { SegmentClock } from '../../../pipelines/packager/segment-clock.ts';
import { TrackSegments } from '../../../pipelines/packager/track-segments.ts';
import { AUDIO_CAPS, VIDEO_CAPS } from '../../support/feed.ts';

const test = suite('segments of a track');

const FIRST_MSN = 100;
const FRAME_US = 1e6 / 30;

function formatOf(caps: string) {
  const format = parseCaps(caps);
  if (format === undefined) throw new Error(caps);
  return format;
}

const VIDEO = formatOf(VIDEO_CAPS);
const AUDIO = formatOf(AUDIO_CAPS);

/** A picture and a sound whose first segment, of one second, begins at media time 0. */
function openSegments() {
  const limits = limitsFor(200, 1000, 20);
  const clock = new SegmentClock(1e6, limits.targetDurationS, FIRST_MSN);
  clock.begin(0, false);
  const track = () => {
    const window = new RenditionWindow(limits);
    const segments = new TrackSegments(window, clock);
    const listed = () => window.listed().map(({ msn, startUs }) => [msn, startUs]);
    return { segments, window, listed };
  };
  return { clock, video: track(), audio: track() };
}

/** What a window keeps a segment for. */
const GAP = { durationS: 1, isIndependent: false, bytes: undefined };

const keyframe = (timeUs: number) => ({ timeUs, isKeyframe: true });
const frame = (timeUs: number) => ({ timeUs, isKeyframe: false });

test('a segment goes on until the next key frame, whatever was planned', () => {
  const { segments } = openSegments().video;
  assert.not.ok(segments.take(keyframe(0), VIDEO), 'none is open');
  segments.openAtKeyframe(0, VIDEO);
  assert.ok(segments.take(frame(1_200_000), VIDEO));
  assert.not.ok(segments.take(keyframe(1_200_000), VIDEO));
});

test('a key frame that comes early opens none, and the plan moves with it', () => {
  const { clock, video } = openSegments();
  video.segments.take(keyframe(0), VIDEO);
  video.segments.openAtKeyframe(0, VIDEO);
  assert.ok(video.segments.take(keyframe(400_000), VIDEO));
  assert.is(clock.endOf(FIRST_MSN), 1_400_000);
});

test('sound changes segments where it was planned, to half a frame', () => {
  const { segments, listed } = openSegments().audio;
  segments.take(keyframe(0), AUDIO);
  segments.openPlanned(0);
  assert.ok(segments.take(keyframe(980_000), AUDIO));
  assert.not.ok(segments.take(keyframe(995_000), AUDIO));
  segments.addPart(GAP);
  segments.close(1000);
  assert.not.ok(segments.isOpen);
  segments.openPlanned(995_000);
  assert.equal(listed(), [
    [FIRST_MSN, 0],
    [FIRST_MSN + 1, 995_000],
  ]);
});

test('all tracks open the segment that one of them has begun', () => {
  const { clock, video, audio } = openSegments();
  for (const { segments } of [video, audio]) segments.openPlanned(0);
  assert.is(audio.segments.unopened, undefined);
  video.segments.close(1000);
  video.segments.openAtKeyframe(1_100_000, VIDEO);
  assert.is(clock.newest?.startUs, 1_100_000);
  assert.is(audio.segments.unopened?.msn, FIRST_MSN + 1);
  assert.is(audio.segments.endUs, 1_100_000, 'there, and not where it was planned');
  audio.segments.close(1100);
  audio.segments.openPlanned(1_100_000);
  assert.is(clock.newest?.msn, FIRST_MSN + 1);
  assert.is(audio.listed().at(-1)?.[0], FIRST_MSN + 1);
});

test('one that begins late begins with the newest segment, at its own first frame', () => {
  const { clock, video } = openSegments();
  clock.begin(1_000_000, false);
  assert.not.ok(video.segments.hasBegun);
  video.segments.openAtKeyframe(1_300_000, VIDEO);
  assert.equal(video.listed(), [[FIRST_MSN + 1, 1_300_000]]);
  assert.is(clock.endOf(FIRST_MSN + 1), 2_300_000, 'the next key frame is a second later');
});

test('a segment is complete with its last frame: video by their count, audio by the plan', () => {
  const { video, audio } = openSegments();
  assert.not.ok(audio.segments.isComplete(5_000_000, AUDIO), 'none is open');
  video.segments.take(keyframe(0), VIDEO);
  for (const { segments } of [video, audio]) segments.openPlanned(0);
  for (let i = 1; i < 29; i += 1) video.segments.take(frame(i * FRAME_US), VIDEO);
  assert.not.ok(video.segments.isComplete(5_000_000, VIDEO));
  video.segments.take(frame(29 * FRAME_US), VIDEO);
  assert.ok(video.segments.isComplete(0, VIDEO));
  assert.not.ok(audio.segments.isComplete(980_000, AUDIO));
  assert.ok(audio.segments.isComplete(990_000, AUDIO));
});

test('what is opened names the init section that it needs', () => {
  const { segments, window } = openSegments().video;
  segments.initId = 'one';
  segments.openPlanned(0);
  segments.initId = 'two';
  segments.addPart(GAP);
  segments.close(1000);
  segments.openPlanned(1_000_000);
  assert.equal(
    window.listed().map(({ initId }) => initId),
    ['one', 'two'],
  );
});

test.run();
