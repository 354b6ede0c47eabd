/** Cameras and sound cards as people have them, through the real processes into decoded media. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LaunchFragment } from '../../../hal/gst/launch.ts';
import { until as eventually } from '../../support/box.ts';
import { type LiveSources, openLiveSources } from '../../support/media/live-sources.ts';

const test = suite('sources');

const source = (launch: string, stamping: 'clock' | 'count' = 'clock'): LaunchFragment => ({
  launch,
  stamping,
  needs: {},
});
const camera = (caps: string, rest = '') =>
  source(`videotestsrc is-live=true pattern=ball ! video/x-raw,${caps}${rest}`);
const CARD = source('audiotestsrc is-live=true freq=440 ! audio/x-raw,rate=48000,channels=2');

/**
 * Frames in the constant rate, with key frames by count, and sound without a gap. A
 * frame that the encoders had no time for, on a busy machine, is left out of all.
 */
function assertConstant(live: LiveSources, what: string): void {
  const video = live.units('high');
  for (const [i, { runningUs, isKeyframe }] of video.entries()) {
    if (i === 0) continue;
    const stepUs = runningUs - (video[i - 1]?.runningUs ?? 0);
    const frames = Math.round(stepUs / 33_333.3);
    const isWhole = Math.abs(stepUs - frames * 33_333.3) < 100;
    assert.ok(isWhole && frames >= 1 && frames <= 12, `${what}: frame ${i} after ${stepUs} us`);
    assert.is(isKeyframe, i % 30 === 0, `${what}: key frames by count`);
  }
  const sound = live.units('audio');
  for (const [i, { runningUs }] of sound.entries()) {
    const stepUs = i === 0 ? 21_333 : runningUs - (sound[i - 1]?.runningUs ?? 0);
    assert.ok(Math.abs(stepUs - 21_333) < 200, `${what}: sound ${i} after ${stepUs} us`);
  }
}

/**
 * What stands in for missing media, of the picture and of the sound that come out: on a slow machine
 * some does always.
 */
function standIns(live: LiveSources) {
  const now = () => ({
    mediaS: (live.units('high').at(-1)?.runningUs ?? 0) / 1e6,
    repeated: live.figures()?.camera.repeatedTotal ?? 0,
    silentS: live.figures()?.sound?.silentS ?? 0,
  });
  const from = now();
  return {
    until: (mediaS: number) => until(`${mediaS} s`, () => now().mediaS >= from.mediaS + mediaS),
    shares: () => {
      const { mediaS, repeated, silentS } = now();
      const passedS = mediaS - from.mediaS;
      const repeats = (repeated - from.repeated) / (30 * passedS);
      return { repeats, silence: (silentS - from.silentS) / passedS };
    },
  };
}

const until = (what: string, isSo: () => boolean) => eventually(isSo, 60_000, () => what);

test('any size, rate, shape and pixel format becomes the constant picture', async () => {
  await using live = await openLiveSources();
  const rows: readonly (readonly [string, LaunchFragment, number])[] = [
    ['25 fps', camera('width=640,height=480,framerate=25/1'), 20],
    ['23.976 fps', camera('width=640,height=360,framerate=24000/1001'), 19],
    ['60 fps', camera('width=320,height=240,framerate=60/1'), 31],
    ['3 fps in the dark', camera('width=320,height=240,framerate=3/1'), 1],
    [
      'a rate that is not known',
      camera('width=320,height=240,framerate=30/1', ' ! identity drop-probability=0.5'),
      5,
    ],
    ['portrait', camera('width=240,height=320,framerate=30/1'), 20],
    [
      'non-square pixels',
      camera('width=352,height=288,framerate=25/1,pixel-aspect-ratio=16/11'),
      15,
    ],
    [
      'interlaced',
      camera('format=I420,width=320,height=240,framerate=25/1', ' ! interlace field-pattern=2:2'),
      10,
    ],
    [
      'a rate that is known only after the start',
      camera(
        'width=320,height=240,framerate=30/1',
        ' ! capssetter caps="video/x-raw,framerate=0/1,max-framerate=60/1"',
      ),
      15,
    ],
    [
      'another size after a second',
      source(
        'videotestsrc is-live=true num-buffers=30 ! video/x-raw,width=320,height=240,framerate=30/1 ! c. videotestsrc is-live=true ! video/x-raw,width=640,height=360,framerate=15/1 ! c. concat name=c',
        'count',
      ),
      10,
    ],
    ['BGR', camera('format=BGR,width=322,height=242,framerate=30/1'), 20],
    [
      'MJPEG with broken frames',
      camera(
        'width=320,height=240,framerate=30/1',
        ' ! jpegenc ! breakmydata probability=0.0005 skip=700 ! jpegdec max-errors=-1',
      ),
      3,
    ],
    [
      'B-frames',
      camera(
        'width=320,height=240,framerate=25/1',
        ' ! x264enc bframes=2 key-int-max=25 speed-preset=ultrafast rc-lookahead=5 ! avdec_h264',
      ),
      10,
    ],
  ];
  for (const [what, launch, framesPerS] of rows) {
    const before = live.figures()?.camera.repeatedTotal ?? 0;
    await live.start('camera', launch);
    await until(what, () => (live.figures()?.camera.framesPerS ?? 0) >= framesPerS);
    assert.is(live.figures()?.camera.phase, 'live', what);
    assert.ok((live.figures()?.camera.repeatedTotal ?? 0) >= before);
  }
  assertConstant(live, 'all rows');
});

test('sound of any rate and any channels becomes the constant sound', async () => {
  await using live = await openLiveSources();
  const tone = (caps: string, channels: string) =>
    source(`audiotestsrc is-live=true freq=440 ! audio/x-raw,${caps},channels=${channels}`);
  const rows: readonly (readonly [string, LaunchFragment, number])[] = [
    ['8 kHz mono', tone('rate=8000', '1'), 1],
    ['44.1 kHz', tone('rate=44100', '2'), 2],
    ['192 kHz float', tone('format=F32LE,rate=192000', '2'), 2],
    ['18 channels without positions', tone('rate=48000', '18,channel-mask=(bitmask)0x0'), 18],
    ['32 channels', tone('rate=48000', '32,channel-mask=(bitmask)0x0'), 32],
    ['5.1', tone('rate=48000', '6,channel-mask=(bitmask)0x3f'), 6],
  ];
  for (const [what, launch, channels] of rows) {
    await live.start('sound', launch);
    const is = () => live.figures()?.sound;
    await until(what, () => is()?.channels === channels && is()?.phase === 'live');
  }
  assertConstant(live, 'all rows');
});

test('a source that pauses, dies or is missing is bridged; the other one loses nothing', async () => {
  await using live = await openLiveSources();
  const first = await live.start('camera', camera('width=320,height=240,framerate=30/1'));
  const card = await live.start('sound', CARD);
  await until(
    'both',
    () => live.figures()?.camera.phase === 'live' && live.figures()?.sound?.phase === 'live',
  );
  const camerasFault = standIns(live);
  for (const pauseMs of [100, 200, 500, 1_000]) {
    process.kill(first.pid, 'SIGSTOP');
    await sleep(pauseMs);
    process.kill(first.pid, 'SIGCONT');
    await sleep(500);
  }
  process.kill(first.pid, 'SIGSTOP');
  await until('the darkened picture', () => live.figures()?.camera.phase === 'dimmed');
  process.kill(first.pid, 'SIGKILL');
  await until('the title', () => live.figures()?.camera.phase === 'title');
  await live.start('camera', camera('width=640,height=480,framerate=25/1'));
  await until('the picture', () => live.figures()?.camera.phase === 'live');
  const { silence } = camerasFault.shares();
  const reported = live.figures();
  await until('figures without its fault', () => live.figures() !== reported);
  const undisturbed = standIns(live);
  await undisturbed.until(3);
  const usual = undisturbed.shares();
  assert.ok(silence < usual.silence + 0.05, `the sound went on: ${silence} of it is silence`);
  const soundsFault = standIns(live);
  process.kill(card.pid, 'SIGKILL');
  await until('silence', () => live.figures()?.sound?.phase === 'silent');
  await soundsFault.until(3);
  const { repeats } = soundsFault.shares();
  assert.ok(repeats < usual.repeats + 0.15, `the picture went on: ${repeats} of it are repeats`);
  await live.start('sound', CARD);
  await until('sound', () => live.figures()?.sound?.phase === 'live');
  assertConstant(live, 'over all of it');
});

test('with no source at all there is a picture, and silence', async () => {
  await using live = await openLiveSources();
  await until('a picture', () => live.units('high').length > 30);
  await until('silence', () => live.units('audio').length > 40);
  assertConstant(live, 'without sources');
});

test('what is decoded is the picture and the tone that went in', async () => {
  await using live = await openLiveSources();
  await live.start(
    'camera',
    source('videotestsrc is-live=true pattern=red ! video/x-raw,width=320,height=240'),
  );
  await live.start('sound', CARD);
  await until(
    'both',
    () => live.figures()?.camera.phase === 'live' && live.figures()?.sound?.phase === 'live',
  );
  const [r = 0, g = 0, b = 0] = (await nextFrame(live)).subarray((90 * 320 + 160) * 3);
  assert.ok(r > 180 && g < 60 && b < 60, `${r} ${g} ${b}`);
});

test('a camera that is upside down, and says so, is upright', async () => {
  await using live = await openLiveSources();
  const launch =
    'videotestsrc is-live=true pattern=red ! video/x-raw,width=320,height=90,framerate=30/1 ! videobox bottom=-90 fill=blue ! taginject tags="image-orientation=rotate-180"';
  await live.start('camera', source(launch));
  await until('the picture', () => live.figures()?.camera.phase === 'live');
  const picture = await nextFrame(live);
  const [topRed = 0, , topBlue = 0] = picture.subarray((40 * 320 + 160) * 3);
  const [bottomRed = 0, , bottomBlue = 0] = picture.subarray((140 * 320 + 160) * 3);
  assert.ok(topBlue > 150 && topRed < 80, `blue was below: ${topRed} ${topBlue}`);
  assert.ok(bottomRed > 150 && bottomBlue < 80, `red was on top: ${bottomRed} ${bottomBlue}`);
});

/** The first frame of a group that comes from now on, 320 by 180, decoded. */
async function nextFrame(live: LiveSources): Promise<Buffer> {
  const from = live.units('high').length;
  await until('a group', () => live.units('high').length > from + 75);
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-decoded-'));
  try {
    const key = live.units('high').findIndex(({ isKeyframe }, i) => isKeyframe && i >= from);
    const file = join(folder, 'a.h264');
    writeFileSync(file, annexB(live.caps('high'), live.units('high').slice(key, key + 30)));
    return spawnSync(
      'ffmpeg',
      ['-v', 'error', '-i', file, '-frames:v', '1', '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-'],
      { maxBuffer: 1e8 },
    ).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Units with length prefixes, as a byte stream (ISO/IEC 14496-10 Annex B). */
function annexB(caps: string, units: readonly { readonly data: Buffer }[]): Buffer {
  const config = Buffer.from(/codec_data=\(buffer\)([0-9a-f]+)/.exec(caps)?.[1] ?? '', 'hex');
  const start = Buffer.from([0, 0, 0, 1]);
  const spsBytes = config.readUInt16BE(6);
  const pps = config.subarray(8 + spsBytes + 1);
  const parts: Buffer[] = [
    start,
    config.subarray(8, 8 + spsBytes),
    start,
    pps.subarray(2, 2 + pps.readUInt16BE(0)),
  ];
  for (const { data } of units) {
    for (let at = 0; at < data.length; ) {
      const bytes = data.readUInt32BE(at);
      parts.push(start, data.subarray(at + 4, at + 4 + bytes));
      at += 4 + bytes;
    }
  }
  return Buffer.concat(parts);
}

test.run();
