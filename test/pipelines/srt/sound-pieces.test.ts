/** Sound that FFmpeg sends in pieces, in the sizes that it has, reaches the encoders complete. */
import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SoundPacer } from '../../../pipelines/source/sound-pacer.ts';
import type { Received } from '../../../pipelines/srt/messages.ts';
import { StreamSplit } from '../../../pipelines/srt/split.ts';
import { TransportStream } from '../../../pipelines/srt/transport-stream.ts';

const test = suite('pieces of sound by SRT');

const RATE = 48_000;
const FRAME = 1_024;
const FRAME_US = (FRAME * 1e6) / RATE;
const PACKET = 188;
const FROM_US = 5e9;
const TICK_US = 20_000;

const NOISE = 'anoisesrc=r=48000:a=0.3';
/** Digital silence, and then noise. */
const quietUntil = (s: number) => `aevalsrc=if(gt(t\\,${s})\\,0.3*(random(0)*2-1)\\,0):s=48000`;

/** @param fromS When its sound begins. */
function streamOf(sound: string, kbps: number, fromS = 0): Buffer {
  const lavfi = ['-f', 'lavfi', '-i'];
  const inputs = [...lavfi, 'testsrc=s=64x64:r=25', '-itsoffset', `${fromS}`, ...lavfi, sound];
  const words = `-c:v libx264 -preset ultrafast -tune zerolatency -g 25 -c:a aac -b:a ${kbps}k -t 8 -f mpegts`;
  return execFileSync('ffmpeg', ['-v', 'error', ...inputs, ...words.split(' '), '-']);
}

/** A split whose decoders are there as soon as their track is. */
function openSplit() {
  const received: Received[] = [];
  const restarts: string[] = [];
  const held: number[] = [];
  let takenUs = 0;
  const split = new StreamSplit({
    openFeed: (kind) => ({
      add: (unit) => {
        if (kind === 'audio') takenUs = unit.takenUs;
        return true;
      },
      close: () => void restarts.push(kind),
    }),
    onChange: (now) => {
      for (const kind of ['video', 'audio'] as const) {
        if (now[kind] && !received.at(-1)?.[kind]) split.feed(kind, kind);
      }
      received.push(now);
    },
    onFault: assert.unreachable,
    later: (ms, callBack) => {
      held.push(ms);
      callBack();
    },
  });
  return { split, received, restarts, held, takenUs: () => takenUs };
}

/** A stream that comes as fast as its clock says, as the encoders get its sound. */
function play(bytes: Buffer) {
  const { split, received, restarts, held, takenUs } = openSplit();
  const encoders = openEncoders();
  let nowUs = FROM_US;
  let clock: { readonly firstUs: number; readonly us: number } | undefined;
  let began: number | undefined;
  const stream = new TransportStream({
    onClock: (us) => {
      clock = { firstUs: clock?.firstUs ?? us, us };
      nowUs = FROM_US + us - clock.firstUs;
    },
    onUnit: (kind, us) => {
      if (kind === 'audio') began = us;
    },
  });
  let frames = 0;
  let piece: { readonly us: number; readonly nowUs: number; readonly dueUs: number } | undefined;
  for (let at = 0; at < bytes.length; at += PACKET) {
    const packet = bytes.subarray(at, at + PACKET);
    began = undefined;
    stream.add(packet);
    split.add(packet, nowUs - 200_000, nowUs);
    split.tick(nowUs);
    if (began === undefined) continue;
    // The length of one is known by the next; all of it came at once.
    const count = piece === undefined ? 0 : Math.round((began - piece.us) / FRAME_US);
    for (let i = 0; i < count; i += 1) {
      encoders.add((piece?.dueUs ?? 0) + i * FRAME_US, piece?.nowUs ?? 0);
    }
    frames += count;
    const isFed = received.at(-1)?.audio === true;
    const dueUs = takenUs() + began - (clock?.us ?? 0);
    piece = isFed ? { us: began, nowUs, dueUs } : undefined;
  }
  return { received, restarts, held, frames, silent: encoders.silent() };
}

/** What stands before them, as `SoundFeed` runs it; what came in the first second is not counted. */
function openEncoders() {
  const pacer = new SoundPacer({ sampleRateHz: RATE, channels: 1, startUs: FROM_US });
  let tickedUs: number | undefined;
  let startedUs = 0;
  let before = 0;
  return {
    silent: () => pacer.silentTotal - before,
    add: (capturedUs: number, nowUs: number) => {
      if (tickedUs === undefined) pacer.begin(nowUs);
      startedUs ||= nowUs;
      tickedUs ??= nowUs;
      for (; tickedUs < nowUs; tickedUs += TICK_US) pacer.tick(tickedUs);
      if (nowUs < startedUs + 1e6) before = pacer.silentTotal;
      pacer.add(new Int16Array(FRAME).fill(1), capturedUs, nowUs, true);
    },
  };
}

test('at each bit rate all of it is there, without silence between', () => {
  for (const kbps of [32, 64, 96, 128, 192]) {
    const { frames, silent } = play(streamOf(NOISE, kbps));
    assert.ok(frames > 200, `${kbps}: ${frames}`);
    assert.is(silent, 0, `${kbps} kb/s`);
  }
});

test('pieces that become shorter or longer, as it is loud or quiet, make no difference', () => {
  const loudUntil = quietUntil(4).replace('gt', 'lt');
  for (const sound of [quietUntil(2), quietUntil(4), loudUntil]) {
    const { silent, restarts } = play(streamOf(sound, 128));
    assert.is(silent, 0, sound);
    assert.equal(restarts, []);
  }
});

test('sound that begins later than the picture is measured then, and the picture starts again with it', () => {
  const { received, restarts, held, silent } = play(streamOf(NOISE, 64, 3));
  assert.equal(received.slice(0, 2), [{ video: true }, { video: true, audio: true }]);
  assert.equal(restarts, ['video']);
  assert.ok((held[0] ?? 0) > 100, `${held[0]}`);
  assert.is(silent, 0);
});

test.run();
