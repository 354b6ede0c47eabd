/**
 * What the encoders write into their sequence parameter sets: a decoder may show each frame as
 * soon as it is decoded. One that has to wait for reordered frames shows each some frames later.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type VideoEncoder, videoEncoderLaunch } from '../../../pipelines/capture/encoder.ts';
import { BitReader, unescapeNal } from '../../../pipelines/h264/bits.ts';

const test = suite('frames are not reordered');
const run = promisify(execFile);

const BASELINE = 66;

/** One second of a moving picture, as a byte stream (ITU-T H.264 Annex B). */
async function encode(encoder: VideoEncoder): Promise<Buffer> {
  const settings = { bitrateBps: 500_000, gopFrames: 30, speed: 'superfast' } as const;
  const line = [
    'videotestsrc num-buffers=30 pattern=ball ! video/x-raw,width=320,height=180,framerate=30/1',
    videoEncoderLaunch(encoder, 'enc', settings),
    'h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream ! fdsink fd=1',
  ].join(' ! ');
  const args = ['-q', ...(line.match(/(?:[^\s"]|"[^"]*")+/g) ?? [])];
  const plain = args.map((arg) => arg.replaceAll('"', ''));
  const options = { encoding: 'buffer', maxBuffer: 1 << 24 } as const;
  return (await run('gst-launch-1.0', plain, options)).stdout;
}

/** NAL units of type 7. */
function parameterSetsOf(stream: Buffer): readonly Buffer[] {
  const nals = stream.toString('latin1').split('\0\0\x01');
  return nals.map((nal) => Buffer.from(nal, 'latin1')).filter(([head = 0]) => (head & 0x1f) === 7);
}

interface Reordering {
  readonly profile: number;
  /** Undefined where the set does not say. */
  readonly framesMax: number | undefined;
}

/** §7.3.2.1.1 and §E.1.1, of a profile without chroma formats. */
function readReordering(nal: Buffer): Reordering {
  const reader = new BitReader(unescapeNal(nal.subarray(1)));
  const skip = (count: number) => {
    for (let i = 0; i < count; i += 1) reader.ue();
  };
  const profile = reader.u(8);
  reader.u(16);
  skip(2);
  const pocType = reader.ue();
  assert.ok(pocType !== 1, 'no cycle of picture orders');
  if (pocType === 0) skip(1);
  skip(1);
  reader.flag();
  skip(2);
  if (!reader.flag()) reader.flag();
  reader.flag();
  if (reader.flag()) skip(4);
  if (!reader.flag()) return { profile, framesMax: undefined };
  if (reader.flag() && reader.u(8) === 255) reader.u(32);
  if (reader.flag()) reader.flag();
  if (reader.flag()) {
    reader.u(4);
    if (reader.flag()) reader.u(24);
  }
  if (reader.flag()) skip(2);
  if (reader.flag()) {
    for (const bits of [32, 32, 1]) reader.u(bits);
  }
  const hasRates = [skipRates(reader), skipRates(reader)];
  if (hasRates.includes(true)) reader.flag();
  reader.flag();
  if (!reader.flag()) return { profile, framesMax: undefined };
  reader.flag();
  skip(4);
  return { profile, framesMax: reader.ue() };
}

/** §E.1.2; false where there are none. */
function skipRates(reader: BitReader): boolean {
  if (!reader.flag()) return false;
  const count = reader.ue() + 1;
  reader.u(8);
  for (let i = 0; i < count; i += 1) {
    reader.ue();
    reader.ue();
    reader.flag();
  }
  reader.u(20);
  return true;
}

for (const encoder of ['x264enc', 'openh264enc'] as const) {
  test(`${encoder}: no frame waits for a later one`, async () => {
    const isInstalled = await run('gst-inspect-1.0', ['--exists', encoder]).then(
      () => true,
      () => false,
    );
    if (!isInstalled) {
      console.log(`SKIPPED 1: ${encoder} is not installed`);
      return;
    }
    const sets = parameterSetsOf(await encode(encoder)).map(readReordering);
    assert.ok(sets.length > 0, 'a parameter set');
    for (const { profile, framesMax } of sets) {
      // The baseline profile has no B-frames at all (§A.2.1).
      assert.ok(framesMax === 0 || profile === BASELINE, `profile ${profile}: ${framesMax} frames`);
    }
  });
}

test.run();
