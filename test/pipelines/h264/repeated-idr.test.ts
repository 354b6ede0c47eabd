/** Key frames that are shown again: of the real encoders, decoded by FFmpeg. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { videoEncoderLaunch } from '../../../pipelines/capture/encoder.ts';
import { parseCaps } from '../../../pipelines/gdp/caps.ts';
import { BitReader, BitWriter, escapeNal, unescapeNal } from '../../../pipelines/h264/bits.ts';
import { repeatIdr } from '../../../pipelines/h264/repeated-idr.ts';
import { Filler } from '../../../pipelines/packager/filler.ts';
import { annexB, framesOf } from '../../support/media/frames.ts';
import { launchOf, type RealTrack, readMedia } from '../../support/media/real-media.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('repeated key frames');

const run = promisify(execFile);
const SETTINGS = { bitrateBps: 800_000, gopFrames: 30, speed: 'superfast' } as const;

/** Two seconds of noise, encoded twice by processes of their own. */
async function encode(encoder: string): Promise<readonly RealTrack[]> {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-idr-'));
  const launch = `videotestsrc num-buffers=70 pattern=snow ! video/x-raw,format=I420,width=320,height=180,framerate=30/1 ! ${encoder} ! h264parse ! video/x-h264,stream-format=avc,alignment=au ! gdppay`;
  try {
    const tracks: RealTrack[] = [];
    for (const name of ['a', 'b']) {
      const path = join(folder, name);
      const words = [...launch.split(' '), '!', 'filesink', `location=${path}`];
      await run('gst-launch-1.0', ['-q', ...words.map((word) => word.replaceAll('"', ''))]);
      tracks.push(readMedia(await readFile(path), Buffer.alloc(0)).video);
    }
    return tracks;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function decode(track: RealTrack, suffix: string) {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-idr-'));
  try {
    const path = join(folder, `x.${suffix}`);
    await writeFile(path, annexB(track));
    const { stderr } = await run('ffmpeg', ['-v', 'warning', '-i', path, '-f', 'null', '-']);
    return { frames: await framesOf(path), stderr };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const ENCODERS = {
  'x264 main, CABAC, slices': videoEncoderLaunch('x264enc', 'e', SETTINGS),
  'x264 baseline, CAVLC': `${videoEncoderLaunch('x264enc', 'e', SETTINGS).split(' ! ')[0]} ! video/x-h264,profile=baseline`,
  'x264 high, 8x8': `${videoEncoderLaunch('x264enc', 'e', SETTINGS).split(' ! ')[0]} ! video/x-h264,profile=high`,
  openh264: videoEncoderLaunch('openh264enc', 'e', SETTINGS),
};

for (const [name, launch] of Object.entries(ENCODERS)) {
  test(`${name}: repetitions decode to the same picture, between and before others`, async () => {
    const [track, again] = await encode(launch);
    if (track === undefined) throw new Error('nothing was encoded');
    assert.is(again?.caps, track.caps, 'another encoder process has the same parameter sets');
    const format = parseCaps(track.caps);
    const keys = track.units.flatMap(({ isKeyframe }, i) => (isKeyframe ? [i] : []));
    const [first = 0, second = 0] = keys;
    if (format === undefined || second === 0) throw new Error('no second key frame');
    const filler = new Filler();
    filler.setFormat(format);
    filler.remember(track.units[first]?.data as Buffer);
    const repeats = Array.from({ length: 5 }, () => ({ isKeyframe: true, data: filler.next(0) }));
    const units = [...track.units.slice(0, 10), ...repeats, ...track.units.slice(second)];
    const { frames, stderr } = await decode({ ...track, units }, 'h264');
    assert.is(stderr, '');
    assert.is(frames.length, units.length);
    const shown = frames.slice(10, 15).map(({ hash }) => hash);
    assert.equal(new Set(shown), new Set([frames[0]?.hash]));
    const plain = await decode(track, 'h264');
    assert.equal(
      frames.slice(15).map(({ hash }) => hash),
      plain.frames.slice(second).map(({ hash }) => hash),
    );
  });
}

test('silence is decoded without a complaint, between frames of the encoder', async () => {
  for (const channels of [1, 2]) {
    const folder = await mkdtemp(join(tmpdir(), 'venuebox-aac-'));
    const path = join(folder, 'x.aac');
    const launch = launchOf('audio').replace('channels=2', `channels=${channels}`);
    await run('gst-launch-1.0', ['-q', ...launch.split(' '), '!', 'filesink', `location=${path}`]);
    const { audio } = readMedia(Buffer.alloc(0), await readFile(path));
    const format = parseCaps(audio.caps);
    if (format?.kind !== 'audio') throw new Error(audio.caps);
    const filler = new Filler();
    filler.setFormat(format);
    const silence = Array.from({ length: 50 }, () => filler.next(0));
    const coded = audio.units.map(({ data }) => data);
    const all = [...coded.slice(0, 50), ...silence, ...coded.slice(50)];
    await writeFile(path, Buffer.concat(all.map((data) => adts(data, channels))));
    const { stdout, stderr } = await run(
      'ffmpeg',
      ['-v', 'error', '-i', path, '-f', 's16le', '-'],
      { encoding: 'buffer', maxBuffer: 1e8 },
    );
    await rm(folder, { recursive: true });
    assert.is(stderr.toString(), '', `${channels} channels`);
    assert.is(stdout.length, all.length * 1024 * channels * 2);
    const middle = stdout.subarray(60 * 2048 * channels, 95 * 2048 * channels);
    assert.ok(middle.every((byte) => byte === 0));
  }
});

/** An ADTS frame (ISO/IEC 14496-3 §1.A.2) of 48 kHz AAC-LC. */
function adts(data: Buffer, channels: number): Buffer {
  const bytes = data.length + 7;
  const header = [0xff, 0xf1, 0x4c, (channels << 6) | (bytes >> 11), (bytes >> 3) & 0xff];
  return Buffer.concat([Buffer.from([...header, ((bytes & 7) << 5) | 0x1f, 0xfc]), data]);
}

test('bits are read as they were written, and emulation prevention goes in and out', () => {
  const random = seeded(7);
  for (let round = 0; round < 300; round += 1) {
    const codes = Array.from({ length: 20 }, () => Math.floor(2 ** (random() * 17)) - 1);
    const writer = new BitWriter(200);
    for (const code of codes) writer.ue(code);
    writer.u(1, 1);
    writer.align(0);
    const rbsp = writer.take();
    const shifted = new BitWriter(210);
    const shift = Math.floor(random() * 9);
    shifted.u(0, shift);
    shifted.copy(rbsp, 0, rbsp.length * 8);
    for (const [bytes, skip] of [[rbsp, 0] as const, [shifted.take(), shift] as const]) {
      const reader = new BitReader(bytes);
      reader.u(skip);
      assert.equal(
        codes.map(() => reader.ue()),
        codes,
      );
    }
    const zeros = Buffer.from(Array.from({ length: 60 }, () => Math.floor(random() * 5)));
    const nal = escapeNal(zeros);
    assert.ok(unescapeNal(nal).equals(zeros));
    assert.not.match(nal.toString('hex').replace(/../g, '$& '), /00 00 0[012] /);
  }
});

test('bytes that are no IDR picture are not repeated', () => {
  const random = seeded(3);
  const config = Buffer.from(
    '01f4001effe1001d67f4001e90d9680a02ff89c05a83030320000003002000000791e2c5d401000468ce3192',
    'hex',
  );
  for (let round = 0; round < 500; round += 1) {
    const bytes = Buffer.from(
      Array.from({ length: Math.floor(random() * 40) }, () => random() * 256),
    );
    repeatIdr(config, bytes, 1);
    repeatIdr(bytes, config, 1);
  }
  assert.is(repeatIdr(config, Buffer.from([0, 0, 0, 2, 0x41, 0x9a]), 1), undefined);
});

test.run();
