/** Changes of renditions and of their formats. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseCaps } from '../../../pipelines/gdp/caps.ts';
import { limitsFor } from '../../../pipelines/hls/limits.ts';
import { encodingOf } from '../../../pipelines/packager/encoding.ts';
import { Renditions } from '../../../pipelines/packager/renditions.ts';
import { SegmentClock } from '../../../pipelines/packager/segment-clock.ts';
import { AUDIO_CAPS, VIDEO_CAPS } from '../../support/feed.ts';

const test = suite('renditions');

const FRAME_US = 1e6 / 30;

function formatOf(caps: string) {
  const format = parseCaps(caps);
  if (format === undefined) throw new Error(caps);
  return format;
}

/** A picture and its sound at the start of their first segment, and whose playlists changed. */
function openRenditions() {
  const published: string[] = [];
  const limits = limitsFor(200, 1000, 20);
  const clock = new SegmentClock(1e6, limits.targetDurationS, 100);
  const renditions = new Renditions(
    {
      tracks: [
        { id: 'high', kind: 'video' },
        { id: 'audio', kind: 'audio' },
      ],
      limits,
      firstDiscontinuity: 0,
      onPublish: (id) => published.push(id),
    },
    clock,
  );
  clock.begin(0, false);
  const show = (frame: number) =>
    renditions.change('high', (cutter) => {
      const data = Buffer.from('v');
      const timeUs = frame * FRAME_US;
      cutter.add({ timeUs, isKeyframe: frame === 0, isDiscont: false, data }, timeUs / 1000);
    });
  return { renditions, published, show };
}

test('a change is reported when the playlist has it, and only for that rendition', () => {
  const { renditions, published, show } = openRenditions();
  renditions.setEncoding('high', encodingOf(formatOf(VIDEO_CAPS)));
  assert.equal(published, []);
  show(0);
  assert.equal(published.splice(0), ['high'], 'its first segment is there');
  for (let frame = 1; frame < 5; frame += 1) show(frame);
  assert.equal(published.splice(0), [], 'the part is not whole yet');
  show(5);
  assert.equal(published, ['high']);
});

test('a rendition that is being published does not change its format; between runs it may', () => {
  const { renditions, show } = openRenditions();
  const format = formatOf(VIDEO_CAPS);
  const other = formatOf(VIDEO_CAPS.replace('codec_data=(buffer)01f4', 'codec_data=(buffer)0142'));
  assert.ok(renditions.canChangeTo('high', other), 'nothing is known of it');
  renditions.setEncoding('high', encodingOf(format));
  show(0);
  assert.not.ok(renditions.canChangeTo('high', other));
  assert.ok(renditions.canChangeTo('high', formatOf(VIDEO_CAPS)), 'the same, sent again');
  renditions.changeAll((cutter) => cutter.break());
  assert.ok(renditions.canChangeTo('high', other));
});

test('an init section is there as soon as a rendition is so encoded, named by its content', () => {
  const { renditions } = openRenditions();
  const video = encodingOf(formatOf(VIDEO_CAPS));
  const audio = encodingOf(formatOf(AUDIO_CAPS));
  renditions.setEncoding('high', video);
  const [high] = renditions.tracks();
  assert.equal(high?.window.init(video.initId), video.init);
  assert.is(high?.format?.codec, video.format.codec);
  assert.is(encodingOf(formatOf(VIDEO_CAPS)).initId, video.initId);
  assert.is.not(audio.initId, video.initId);
});

test('the latest and the earliest end are known', () => {
  const { renditions, show } = openRenditions();
  renditions.setEncoding('high', encodingOf(formatOf(VIDEO_CAPS)));
  assert.is(renditions.oldestListedUs, Number.POSITIVE_INFINITY);
  for (let frame = 0; frame < 3; frame += 1) show(frame);
  assert.is(Math.round(renditions.end().endUs), 100_000);
  assert.is(Math.round(renditions.end().frameUs), 33_333);
  assert.is(renditions.earliestEndUs(), 0);
  assert.is(renditions.oldestListedUs, 0);
});

test('what is no rendition has no kind, and cannot be changed', () => {
  const { renditions } = openRenditions();
  assert.is(renditions.kindOf('audio'), 'audio');
  assert.is(renditions.kindOf('other'), undefined);
  assert.throws(() => renditions.change('other', () => undefined), 'no track other');
});

test.run();
