/** Which encoder feeds which rendition. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseCaps } from '../../../pipelines/gdp/caps.ts';
import { limitsFor } from '../../../pipelines/hls/limits.ts';
import { EncoderRouting } from '../../../pipelines/packager/encoder-routing.ts';
import { encodingOf } from '../../../pipelines/packager/encoding.ts';
import { Renditions } from '../../../pipelines/packager/renditions.ts';
import { SegmentClock } from '../../../pipelines/packager/segment-clock.ts';
import { VIDEO_CAPS } from '../../support/feed.ts';

const test = suite('routing of encoders');

const FRAME_US = 1e6 / 30;
const LOW_CAPS = VIDEO_CAPS.replace('(int)640', '(int)320').replace('(int)360', '(int)180');

function formatOf(caps: string) {
  const format = parseCaps(caps);
  if (format === undefined) throw new Error(caps);
  return format;
}

/** Two pictures and a sound; frames come of both pictures' encoders at once. */
function openRouting() {
  const limits = limitsFor(200, 1000, 20);
  const clock = new SegmentClock(1e6, limits.targetDurationS, 100);
  const tracks = [
    { id: 'high', kind: 'video' },
    { id: 'low', kind: 'video' },
    { id: 'audio', kind: 'audio' },
  ] as const;
  const options = { tracks, limits, firstDiscontinuity: 0, onPublish: () => undefined };
  const renditions = new Renditions(options, clock);
  const routing = new EncoderRouting(renditions, clock);
  clock.begin(0, false);
  /** @param lateFrames The low encoder's frames bear another time: its key frames leave the grid. */
  const pass = (from: number, to: number, lateFrames = 0) => {
    for (let frame = from; frame < to; frame += 1) {
      const unit = { isKeyframe: frame % 30 === 0, isDiscont: false, arrivedUs: frame * FRAME_US };
      const give = (id: string, late: number) =>
        routing.route(id, { ...unit, timeUs: (frame + late) * FRAME_US, data: Buffer.from(id) });
      give('high', 0);
      give('low', lateFrames);
    }
  };
  const windowOf = (id: string) => {
    const track = renditions.tracks().find((one) => one.id === id);
    if (track === undefined) throw new Error(id);
    return track.window;
  };
  return { routing, renditions, pass, windowOf };
}

test('a format is saved for the encoder, and given to the renditions that it feeds', () => {
  const { routing, windowOf } = openRouting();
  const [high, low] = [encodingOf(formatOf(VIDEO_CAPS)), encodingOf(formatOf(LOW_CAPS))];
  assert.ok(routing.setFormat('high', high.format));
  routing.setSubstitutes({ high: 'low' });
  routing.settle();
  assert.ok(routing.setFormat('low', low.format));
  assert.ok(windowOf('high').init(high.initId));
  assert.ok(windowOf('high').init(low.initId), 'low makes it now');
  assert.is(windowOf('low').init(high.initId), undefined);
  assert.not.ok(routing.setFormat('other', low.format), 'no such encoder');
});

test('an encoder without readers feeds no rendition; one with two feeds both', () => {
  const { routing, pass, windowOf } = openRouting();
  routing.setFormat('high', formatOf(VIDEO_CAPS));
  routing.setFormat('low', formatOf(LOW_CAPS));
  routing.setSubstitutes({ high: 'low' });
  routing.settle();
  pass(0, 30);
  for (const id of ['high', 'low']) {
    const bytes = windowOf(id)
      .listed()
      .flatMap(({ parts }) => parts.flatMap((part) => part.bytes ?? []));
    const text = Buffer.concat(bytes).toString('latin1');
    assert.match(text, 'lowlow');
    assert.not.match(text, 'highhigh');
  }
});

test('a change under way waits for a key frame of the common grid', () => {
  for (const [lateFrames, isOnGrid] of [
    [0, true],
    [10, false],
  ] as const) {
    const { routing, pass } = openRouting();
    routing.setFormat('high', formatOf(VIDEO_CAPS));
    routing.setFormat('low', formatOf(LOW_CAPS));
    pass(0, 45);
    routing.setSubstitutes({ high: 'low' });
    pass(45, 180, lateFrames);
    assert.equal(routing.substitutes.now(), isOnGrid ? { high: 'low' } : {});
  }
});

test('a picture is never made of the sound, nor of what is no rendition', () => {
  const { routing } = openRouting();
  routing.setSubstitutes({ high: 'audio', low: 'other' });
  routing.settle();
  assert.equal(routing.substitutes.now(), {});
});

test.run();
