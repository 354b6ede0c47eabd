/** Access units out of pushed frames. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { frameOf, videoCapsOf } from '../../../../pipelines/edge/webrtc/pushed-units.ts';
import { parseCaps } from '../../../../pipelines/gdp/caps.ts';
import { renderInit, renderPart } from '../../../../pipelines/packager/cmaf.ts';
import { AUDIO_CAPS, VIDEO_CAPS } from '../../../support/feed.ts';

const test = suite('access units of a pushed stream');

function initOf(caps: string): Buffer {
  const format = parseCaps(caps);
  if (format === undefined) throw new Error('bad caps');
  return renderInit(format);
}

test('an init section gives the format again that it was made of', () => {
  const caps = videoCapsOf(initOf(VIDEO_CAPS)) ?? '';
  const [ours, theirs] = [parseCaps(caps), parseCaps(VIDEO_CAPS)];
  assert.ok(ours?.kind === 'video' && theirs?.kind === 'video');
  assert.ok(ours.decoderConfig.equals(theirs.decoderConfig));
  assert.equal([ours.widthPx, ours.heightPx], [theirs.widthPx, theirs.heightPx]);
});

test('of sound, or of other bytes, it gives none', () => {
  assert.is(videoCapsOf(initOf(AUDIO_CAPS)), undefined);
  const init = initOf(VIDEO_CAPS);
  fc.assert(
    fc.property(fc.nat(init.length - 1), fc.nat(255), fc.nat(init.length), (at, value, end) => {
      const damaged = Buffer.from(init);
      damaged[at] = value;
      const caps = videoCapsOf(damaged.subarray(0, end));
      return caps === undefined || caps.startsWith('video/x-h264');
    }),
  );
});

test('any frame comes out as it went in', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), fc.boolean(), (bytes, isKeyframe) => {
      const data = Buffer.from(bytes);
      const frame = frameOf(renderPart(7, 90_000, [{ data, durationTicks: 3_000, isKeyframe }]));
      return frame?.data.equals(data) === true && frame.isKeyframe === isKeyframe;
    }),
  );
});

test('parts of several frames, incomplete ones, and any other bytes give none', () => {
  const sample = { data: Buffer.from('frame'), durationTicks: 3_000, isKeyframe: true };
  assert.is(frameOf(renderPart(1, 0, [sample, sample])), undefined);
  const part = renderPart(1, 0, [sample]);
  for (let end = 0; end < part.length; end += 1) {
    assert.is(frameOf(part.subarray(0, end)), undefined, `${end}`);
  }
  fc.assert(fc.property(fc.uint8Array(), (bytes) => frameOf(Buffer.from(bytes)) === undefined));
});

test.run();
