/** The launch line of the capture pipeline. */
import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { quote } from '../../../hal/gst/launch.ts';
import {
  bitrateProperty,
  chooseAudioEncoder,
  chooseVideoEncoder,
} from '../../../pipelines/capture/encoder.ts';
import { type RenditionSettings, renderGraph } from '../../../pipelines/capture/graph.ts';

const test = suite('capture graph');

function graph(sound: 'test' | 'none' = 'test', clean?: RenditionSettings) {
  return renderGraph({
    clean,
    picture: { widthPx: 640, heightPx: 360, fps: 30 },
    hasSound: sound === 'test',
    gopFrames: 30,
    renditions: [
      { id: 'high', width: 640, height: 360, bitrateBps: 900_000 },
      { id: 'low', width: 320, height: 180, bitrateBps: 300_000 },
    ],
    audio: { id: 'audio', channels: 2, bitrateBps: 128_000 },
    encoder: 'x264enc',
    speed: 'ultrafast',
    audioEncoder: 'avenc_aac',
  });
}

test('each rendition and the sound leave on a descriptor of their own, from 3 on', () => {
  assert.equal(
    graph().outputs.map(({ id, fd }) => [id, fd]),
    [
      ['high', 3],
      ['low', 4],
      ['audio', 5],
      ['meter', 6],
    ],
  );
  assert.equal(
    graph('none').outputs.map(({ id }) => id),
    ['high', 'low'],
  );
  assert.not.match(graph('none').launch, 'audio/x-raw');
});

test('the picture that is recorded beside a look is encoded from frames of its own', () => {
  const clean = { id: 'recording', width: 640, height: 360, bitrateBps: 900_000 };
  const { launch, outputs } = graph('test', clean);
  assert.equal(
    outputs.map(({ id, fd }) => [id, fd]),
    [
      ['high', 3],
      ['low', 4],
      ['recording', 5],
      ['audio', 6],
      ['meter', 7],
    ],
  );
  assert.match(launch, /appsrc name=clean .*valve name=gate-clean ! tee name=frames-clean /);
  assert.match(launch, /frames-clean\. ! valve name=valve-recording /);
  assert.not.match(graph().launch, 'clean');
});

test('GStreamer can parse it', () => {
  // A pipeline with no frames to come: parsed, built, and ended by the time-out.
  const launch = graph().launch.replaceAll(/fdsink (\S+) fd=\d+/g, 'fakesink $1');
  const { stdout } = spawnSync(
    'timeout',
    [
      '-s',
      'INT',
      '3',
      'gst-launch-1.0',
      ...launch.split(' ').map((word) => word.replaceAll('"', '')),
    ],
    { encoding: 'utf8' },
  );
  assert.match(stdout, 'Setting pipeline to PLAYING');
});

test('the best encoder that is there is taken, and a missing one names its package', () => {
  const have =
    (...names: readonly string[]) =>
    (name: string) =>
      names.includes(name);
  assert.is(chooseVideoEncoder('auto', have('x264enc', 'openh264enc')), 'x264enc');
  assert.is(chooseVideoEncoder('auto', have('v4l2h264enc', 'x264enc')), 'v4l2h264enc');
  assert.is(chooseVideoEncoder('openh264enc', have('x264enc', 'openh264enc')), 'openh264enc');
  assert.throws(() => chooseVideoEncoder('auto', have()), /gstreamer1\.0-plugins-ugly/);
  assert.is(chooseAudioEncoder(have('voaacenc')), 'voaacenc');
});

test('a bitrate is set in the unit that its encoder counts in', () => {
  assert.is(bitrateProperty('x264enc', 1_500_000), 1_500);
  assert.is(bitrateProperty('openh264enc', 1_500_000), 1_500_000);
  assert.is(bitrateProperty('v4l2h264enc', 1_500_000), undefined);
});

test('a quoted value stays one value', () => {
  assert.is(quote('a "b" \\ ! c'), '"a \\"b\\" \\\\ ! c"');
});

test.run();
