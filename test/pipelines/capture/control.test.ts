/** A running capture process: what it can be told, seen in the access units it sends. */
import { closeSync, constants, mkdtempSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openSound } from '../../../hal/audio/open.ts';
import { openCamera } from '../../../hal/camera/open.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { openLog } from '../../../hal/os/log.ts';
import { type RunningChild, runCommand, runNodeChild } from '../../../hal/os/process.ts';
import { bitrateProperty } from '../../../pipelines/capture/encoder.ts';
import { renderGraph } from '../../../pipelines/capture/graph.ts';
import type { FromCapture, ToCapture } from '../../../pipelines/capture/messages.ts';
import { openRawInput, openTrackInput } from '../../../pipelines/media/track-input.ts';
import { until } from '../../support/box.ts';

const test = suite('running capture');

interface SeenUnit {
  readonly frame: number;
  readonly isKeyframe: boolean;
  readonly bytes: number;
}

/** A real capture process, and what comes of it. */
async function startCapture() {
  const camera = openCamera({
    driver: 'test',
    device: '',
    format: 'raw',
    file: '',
    launch: '',
    width: 320,
    height: 180,
    fps: 30,
  });
  const sound = openSound({ driver: 'test', device: '', file: '', launch: '' });
  const graph = renderGraph({
    camera: camera.source,
    sound: sound.source,
    fps: 30,
    hasStableFrameRate: true,
    gopFrames: 300,
    renditions: [
      { id: 'high', width: 320, height: 180, bitrateBps: 1_500_000 },
      { id: 'low', width: 160, height: 90, bitrateBps: 400_000 },
    ],
    audio: { id: 'audio', channels: 2, bitrateBps: 96_000 },
    encoder: 'x264enc',
    speed: 'ultrafast',
    audioEncoder: 'avenc_aac',
  });
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-capture-'));
  const paths = graph.outputs.map(({ id }) => join(folder, id));
  await runCommand('mkfifo', paths, { timeoutMs: 2_000 });
  let rawBytes = 0;
  const seen = new Map<string, SeenUnit[]>();
  const stops = graph.outputs.map(({ id, kind }, i) => {
    if (kind === 'meter') {
      return openRawInput(paths[i] as string, (bytes) => {
        rawBytes += bytes.length;
      });
    }
    const units: SeenUnit[] = [];
    seen.set(id, units);
    return openTrackInput(paths[i] as string, {
      onCaps: () => undefined,
      onUnit: ({ runningUs, isKeyframe, data }) =>
        units.push({ frame: Math.round((runningUs * 30) / 1e6), isKeyframe, bytes: data.length }),
      onEnd: () => undefined,
      onMalformed: () => undefined,
    });
  });
  const fds = paths.map((path) => openSync(path, constants.O_WRONLY));
  const ending = new AbortController();
  let child: RunningChild | undefined;
  const running = runNodeChild<FromCapture>(
    {
      name: 'capture',
      entry: join(import.meta.dirname, '../../../pipelines/capture/main.ts'),
      inherit: fds,
      env: { UV_THREADPOOL_SIZE: '8' },
      graceMs: 1_000,
      onMessage: () => undefined,
      onStart: (started) => {
        child = started;
        const { feed } = camera.source;
        started.send({
          type: 'start',
          launch: graph.launch,
          outputs: graph.outputs,
          ...(feed === undefined ? {} : { feed }),
        } satisfies ToCapture);
      },
    },
    systemClock,
    openLog('error', 'journal'),
    ending.signal,
  );
  const frames = (id: string): readonly SeenUnit[] => seen.get(id) ?? [];
  return {
    frames,
    rawBytes: () => rawBytes,
    keys: (id: string) =>
      frames(id)
        .filter(({ isKeyframe }) => isKeyframe)
        .map(({ frame }) => frame),
    bytesPerFrame: (id: string) =>
      frames(id)
        .slice(-40)
        .reduce((sum, { bytes }) => sum + bytes, 0) / 40,
    send: (message: ToCapture) => child?.send(message),
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await running;
      for (const stop of stops) stop();
      for (const fd of fds) closeSync(fd);
    },
  };
}

test('key frames fall together when they are forced, and the bitrate changes while it runs', async () => {
  await using capture = await startCapture();
  const { frames, keys, bytesPerFrame, send } = capture;
  await until(() => frames('high').length > 60, 10_000);
  assert.is(keys('high').length, 1);
  for (let i = 2; i <= 4; i += 1) {
    send({ type: 'keyframe' });
    await until(() => keys('high').length === i && keys('low').length === i, 3_000);
  }
  assert.equal(keys('high'), keys('low'));

  const before = bytesPerFrame('high');
  send({
    type: 'bitrate',
    element: 'encoder-high',
    value: bitrateProperty('x264enc', 50_000) ?? 0,
  });
  const count = frames('high').length;
  await until(() => frames('high').length > count + 120, 8_000);
  assert.ok(
    bytesPerFrame('high') < before / 2,
    `${before}, then ${bytesPerFrame('high')} bytes a frame`,
  );
  assert.ok(capture.rawBytes() > 500_000, 'raw sound comes for the level meter');
});

test('an encoder behind a shut valve rests, and comes back with a key frame in step with the others', async () => {
  await using capture = await startCapture();
  const { frames, keys, send } = capture;
  const element = 'valve-high';
  await until(() => frames('high').length > 30, 10_000);
  send({ type: 'set', element, property: 'drop', value: true });
  const grow = async (id: string, more: number) => {
    const count = frames(id).length;
    await until(() => frames(id).length > count + more, 10_000);
  };
  await grow('low', 30);
  const rested = frames('high').length;
  await grow('low', 60);
  assert.is(frames('high').length, rested, 'nothing comes of it');
  send({ type: 'set', element, property: 'drop', value: false });
  send({ type: 'keyframe' });
  await grow('high', 30);
  assert.is(keys('high').at(-1), keys('low').at(-1));
  assert.is(frames('high')[rested]?.isKeyframe, true, 'what comes first can be shown');
});

test.run();
