/** A running capture process: its commands, seen in the access units it sends. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openSound } from '../../../hal/audio/open.ts';
import { openCamera } from '../../../hal/camera/open.ts';
import { bitrateProperty } from '../../../pipelines/capture/encoder.ts';
import { until } from '../../support/box.ts';
import { openLiveSources } from '../../support/media/live-sources.ts';

const test = suite('running capture');

const LONG_MS = 60_000;
/** A frame of the moving test picture takes about 560 at first, and 208 at 50 kb/s. */
const MOVING_BYTES = 450;

const CAMERA = {
  driver: 'test',
  device: '',
  format: 'raw',
  file: '',
  launch: '',
  width: 320,
  height: 180,
  fps: 30,
} as const;

/** Real source and capture processes, and what comes of them. */
async function startCapture() {
  const live = await openLiveSources({ gopFrames: 300 });
  await live.start('camera', openCamera(CAMERA).source);
  const sound = openSound({ driver: 'test', device: '', file: '', launch: '' }).source;
  if (sound !== undefined) await live.start('sound', sound);
  const frames = (id: string) =>
    live.units(id).map(({ runningUs, isKeyframe, data }) => ({
      frame: Math.round((runningUs * 30) / 1e6),
      isKeyframe,
      bytes: data.length,
    }));
  return {
    frames,
    rawBytes: () => live.meterBytes(),
    keys: (id: string) =>
      frames(id)
        .filter(({ isKeyframe }) => isKeyframe)
        .map(({ frame }) => frame),
    bytesPerFrame: (id: string) =>
      frames(id)
        .slice(-40)
        .reduce((sum, { bytes }) => sum + bytes, 0) / 40,
    send: live.send,
    [Symbol.asyncDispose]: () => live[Symbol.asyncDispose](),
  };
}

test('key frames fall together when they are forced, and the bitrate changes while it runs', async () => {
  await using capture = await startCapture();
  const { frames, keys, bytesPerFrame, send } = capture;
  await until(() => frames('high').length > 60, LONG_MS);
  assert.is(keys('high').length, 1);
  for (let i = 2; i <= 4; i += 1) {
    send({ type: 'keyframe' });
    await until(() => keys('high').length === i && keys('low').length === i, LONG_MS);
  }
  assert.equal(keys('high'), keys('low'));

  // A busy machine repeats pictures, and a repeated one costs next to nothing.
  await until(() => bytesPerFrame('high') > MOVING_BYTES, LONG_MS);
  const before = bytesPerFrame('high');
  send({
    type: 'bitrate',
    element: 'encoder-high',
    value: bitrateProperty('x264enc', 50_000) ?? 0,
  });
  await until(
    () => bytesPerFrame('high') < before / 2,
    LONG_MS,
    () => `${before}, then ${bytesPerFrame('high')} bytes a frame`,
  );
  assert.ok(capture.rawBytes() > 500_000, 'raw sound comes for the level meter');
});

test('an encoder behind a closed valve is suspended, and resumes with a key frame aligned with the others', async () => {
  await using capture = await startCapture();
  const { frames, keys, send } = capture;
  const element = 'valve-high';
  await until(() => frames('high').length > 30, LONG_MS);
  send({ type: 'valve', element, isShut: true });
  const grow = async (id: string, more: number) => {
    const count = frames(id).length;
    await until(() => frames(id).length > count + more, LONG_MS);
  };
  await grow('low', 30);
  const rested = frames('high').length;
  await grow('low', 60);
  assert.is(frames('high').length, rested, 'nothing comes of it');
  send({ type: 'valve', element, isShut: false });
  send({ type: 'keyframe' });
  await grow('high', 30);
  assert.is(keys('high').at(-1), keys('low').at(-1));
  assert.is(frames('high')[rested]?.isKeyframe, true, 'what comes first can be shown');
});

test.run();
