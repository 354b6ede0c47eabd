/** A phone that sends picture and sound by SRT: real senders, through the real processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../../daemon/config/file.ts';
import type { SourceDevice } from '../../../../daemon/media/children/source.ts';
import { openSrtCamera } from '../../../../daemon/media/inputs/srt-camera.ts';
import { openSound } from '../../../../hal/audio/open.ts';
import { openCamera, withSound } from '../../../../hal/camera/open.ts';
import { systemClock } from '../../../../hal/os/clock.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { supervise } from '../../../../hal/os/supervise.ts';
import { SAMPLE_RATE_HZ } from '../../../../pipelines/capture/graph.ts';
import { freePort } from '../../../support/free-port.ts';
import { type LiveSources, openLiveSources } from '../../../support/media/live-sources.ts';

const test = suite('camera and sound by SRT');
const never = new AbortController().signal;

type Kind = 'camera' | 'sound';

/** The box's side, which listens: what is sent is taken, and its processes are restarted. */
async function openBox() {
  const port = await freePort();
  const url = `srt://127.0.0.1:${port}?mode=listener`;
  const set = ['camera.driver=srt', `camera.url=${url}`, 'sound.driver=camera'];
  const config = parseConfig('x', '', set);
  const os = { clock: systemClock, log: silentLog };
  const srt = openSrtCamera(config, os);
  const devices = {
    camera: srt.camera(openCamera(config.camera)),
    sound: srt.sound(openSound(config.sound, withSound(config.camera))),
  };
  const ending = new AbortController();
  const policy = { firstPauseMs: 50, longestPauseMs: 2_000, healthyMs: 10_000 };
  const run = async (signal: AbortSignal) => await srt.run?.(signal);
  const live = await openLiveSources();
  const decoders = new Map<Kind, number>();
  const running = [
    supervise('srt', run, { policy, ...os }, ending.signal),
    ...(['camera', 'sound'] as const).map(async (kind) => {
      for (; !ending.signal.aborted; await sleep(100)) {
        const pid = decoders.get(kind);
        if (pid !== undefined && isRunning(pid)) continue;
        const isThere = await devices[kind].check(ending.signal).then(...SETTLED);
        const { source, sendUnits } = devices[kind];
        if (!isThere || source === undefined) continue;
        const child = await live.start(kind, source, sendUnits).catch(() => undefined);
        if (child !== undefined) decoders.set(kind, child.pid);
      }
    }),
  ];
  return {
    ...{ port, live, devices, decoders },
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await Promise.all(running);
      await live[Symbol.asyncDispose]();
    },
  };
}

const SETTLED = [() => true, () => false] as const;

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 180_000;
  while (!(await isSo())) {
    assert.ok(performance.now() < endMs, `${what} did not come`);
    await sleep(100);
  }
}

const H264 =
  'x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30 ! video/x-h264,profile=baseline';
const H265 =
  'x265enc tune=zerolatency speed-preset=ultrafast key-int-max=30 ! h265parse config-interval=-1';
const picture = (encoder: string) =>
  `videotestsrc is-live=true ! video/x-raw,width=320,height=180,framerate=30/1 ! ${encoder} ! queue ! mux.`;
const tone = (encoder: string) =>
  `audiotestsrc is-live=true freq=1000 ! audio/x-raw,rate=48000,channels=2 ! ${encoder} ! queue ! mux.`;

/** GStreamer's, which calls the box, and does so again where it has lost it, as phones do. */
function sendTracks(port: number, ...tracks: readonly string[]) {
  const words = `-q mpegtsmux name=mux ! srtsink uri=srt://127.0.0.1:${port}?mode=caller wait-for-connection=true ${tracks.join(' ')}`;
  let isWanted = true;
  let calls = 0;
  let child: ChildProcess | undefined;
  const call = (): void => {
    if (!isWanted) return;
    calls += 1;
    child = spawn('gst-launch-1.0', words.split(' '), { stdio: 'ignore' });
    child.once('exit', () => void setTimeout(call, 500));
  };
  call();
  return {
    calls: () => calls,
    [Symbol.dispose]: () => {
      isWanted = false;
      child?.kill('SIGKILL');
    },
  };
}

/** Hz of the newest half second, by where its left channel rises through zero. */
function toneOf(live: LiveSources): number {
  const bytes = live.newestSound(2 * SAMPLE_RATE_HZ);
  const left = Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) =>
    bytes.readInt16LE(4 * i),
  );
  return 2 * left.filter((sample, i) => sample >= 0 && (left[i - 1] ?? 0) < 0).length;
}

const hasPicture = (live: LiveSources) => (live.figures()?.camera.framesPerS ?? 0) >= 15;
const hasTone = (live: LiveSources) => Math.abs(toneOf(live) - 1_000) <= 10;

/** Why it is not there. */
const faultOf = async (device: SourceDevice) =>
  String(await device.check(never).catch((error: Error) => error.message));

test('picture and sound of one stream are taken, in what phones encode with', async () => {
  await using box = await openBox();
  const { live, port } = box;
  for (const [video, audio] of [
    [H264, 'avenc_aac'],
    [H264, 'opusenc'],
    [H265, 'avenc_aac'],
  ] as const) {
    {
      using _sender = sendTracks(port, picture(video), tone(audio));
      await until(`${video}, ${audio}`, () => hasPicture(live) && hasTone(live));
    }
    await until('the bridge', () => live.figures()?.camera.phase === 'dimmed');
    await until('silence', () => live.figures()?.sound?.phase === 'silent');
  }
});

test('each is there alone, and what is missing has a name', async () => {
  await using box = await openBox();
  const { live, devices, port } = box;
  {
    using _picture = sendTracks(port, picture(H264));
    await until('the picture', () => hasPicture(live));
    assert.match(await faultOf(devices.sound), 'the phone or encoder sends no sound');
    assert.is(live.figures()?.sound?.phase, 'silent');
  }
  using _tone = sendTracks(port, tone('avenc_aac'));
  await until('the tone', () => hasTone(live));
  assert.match(await faultOf(devices.camera), 'the phone or encoder sends no picture');
});

test('a decoder that dies leaves the other one and the connection alone', async () => {
  await using box = await openBox();
  const { live, decoders, port } = box;
  using sender = sendTracks(port, picture(H264), tone('avenc_aac'));
  await until('both', () => hasPicture(live) && hasTone(live));
  const [camera = 0, sound = 0] = [decoders.get('camera'), decoders.get('sound')];
  const calls = sender.calls();
  process.kill(camera, 'SIGKILL');
  await until('the picture again', () => decoders.get('camera') !== camera && hasPicture(live));
  await until('the tone still', () => hasTone(live));
  // On a busy machine the connection may be lost, and then both are.
  if (sender.calls() === calls) assert.is(decoders.get('sound'), sound);
});

test.run();
