/** What is read of an MPEG transport stream, and how it is split. */
import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AccessUnit } from '../../../pipelines/gdp/unit-output.ts';
import type { Received } from '../../../pipelines/srt/messages.ts';
import { StreamSplit } from '../../../pipelines/srt/split.ts';
import {
  type TrackKind,
  TransportStream,
  WRAP_US,
} from '../../../pipelines/srt/transport-stream.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('a transport stream');

const PICTURE = '-f lavfi -i testsrc=s=64x64:r=25';
const SOUND = '-f lavfi -i sine=1000';

/** FFmpeg's, of four seconds. @param sound Options of its encoder; none: no sound. */
function streamOf(sound: string | undefined): Buffer {
  const words = `-v error ${PICTURE} ${sound === undefined ? '' : `${SOUND} ${sound} `}-c:v libx264 -bf 0 -g 25 -t 4 -f mpegts -`;
  return execFileSync(
    'ffmpeg',
    words.split(' ').filter((word) => word !== ''),
  );
}

function read(bytes: Buffer, piece = 1_316) {
  const clocks: number[] = [];
  const units: { readonly kind: TrackKind; readonly us: number }[] = [];
  const stream = new TransportStream({
    onClock: (us) => clocks.push(us),
    onUnit: (kind, us) => units.push({ kind, us }),
  });
  for (let at = 0; at < bytes.length; at += piece) stream.add(bytes.subarray(at, at + piece));
  return { clocks, units };
}

test('picture and sound are known by their kinds, with the times of their units and of the clock', () => {
  for (const codec of ['aac', 'libopus', 'mp2', 'ac3']) {
    const { clocks, units } = read(streamOf(`-c:a ${codec}`));
    const video = units.filter(({ kind }) => kind === 'video').map(({ us }) => us);
    assert.is(video.length, 100, codec);
    assert.ok(Math.abs((video.at(-1) ?? 0) - (video[0] ?? 0) - 3_960_000) < 1_000, codec);
    assert.ok(units.filter(({ kind }) => kind === 'audio').length > 10, codec);
    assert.ok(clocks.length > 30, codec);
    assert.equal(
      clocks,
      clocks.toSorted((a, b) => a - b),
      codec,
    );
  }
});

test('pieces of any length, and what is no packet between them, lose nothing', () => {
  const bytes = streamOf('-c:a aac');
  assert.equal(read(bytes, 100), read(bytes));
  assert.equal(read(Buffer.concat([Buffer.alloc(50), bytes])), read(bytes));
});

test('a stream that is damaged, or none, is no failure', () => {
  const bytes = streamOf('-c:a aac');
  const random = seeded(12);
  for (let run = 0; run < 20; run += 1) {
    const damaged = Buffer.from(bytes.subarray(0, 100_000));
    for (let i = 0; i < 2_000; i += 1) {
      damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
    }
    read(damaged);
  }
  assert.equal(read(Buffer.alloc(10_000, 0x47)), { clocks: [], units: [] });
});

/** A split with decoders, of which those that are given read. */
function openSplit(wanted: readonly TrackKind[] = ['video', 'audio']) {
  const changes: Received[] = [];
  const fed: Record<TrackKind, AccessUnit[]> = { video: [], audio: [] };
  const held: number[] = [];
  const split = new StreamSplit({
    openFeed: (path) => ({
      add: (unit) => fed[path as TrackKind].push(unit) > 0,
      close: () => undefined,
    }),
    onChange: (received) => {
      changes.push(received);
      for (const kind of wanted) split.feed(kind, kind);
    },
    onFault: assert.unreachable,
    later: (ms, callBack) => {
      held.push(ms);
      callBack();
    },
  });
  return { split, changes, fed, held };
}

/** Sends a stream as fast as its clock says. @returns When the last piece came. */
function play(split: StreamSplit, bytes: Buffer, fromUs = 1e9): number {
  let nowUs = fromUs;
  let first: number | undefined;
  const clock = new TransportStream({
    onClock: (us) => {
      first ??= us;
      nowUs = fromUs + us - first;
    },
    onUnit: () => undefined,
  });
  for (let at = 0; at < bytes.length; at += 1_316) {
    const piece = bytes.subarray(at, at + 1_316);
    clock.add(piece);
    split.add(piece, nowUs - 200_000, nowUs);
    split.tick(nowUs);
  }
  return nowUs;
}

test('both decoders get all bytes with the same times, once it is known what is sent', () => {
  const { split, changes, fed } = openSplit();
  const bytes = streamOf('-c:a aac');
  play(split, bytes);
  assert.equal(changes, [{ video: true, audio: true }]);
  const times = (kind: TrackKind) => fed[kind].map(({ takenUs, data }) => [takenUs, data.length]);
  assert.ok(fed.video.length > 20);
  assert.equal(times('video'), times('audio'));
});

test('a track that is not sent, or is no more, is reported', () => {
  const { split, changes } = openSplit();
  const both = streamOf('-c:a aac');
  const endUs = play(split, both);
  const laterUs = play(split, streamOf(undefined), endUs + 40_000);
  split.tick(laterUs + 3_000_000);
  assert.equal(changes, [{ video: true, audio: true }, { video: true }, {}]);
});

test('the picture waits for sound that is sent in large pieces', () => {
  const large = openSplit();
  play(large.split, streamOf('-c:a aac -b:a 128k'));
  const small = openSplit();
  play(small.split, streamOf('-c:a aac -pes_payload_size 0'));
  const heldMs = large.held[0] ?? 0;
  assert.ok(heldMs > 20 && heldMs <= 500, `${heldMs}`);
  assert.equal(small.held, []);
});

test('times that wrap have no effect', () => {
  const { split, changes } = openSplit();
  const offsetS = WRAP_US / 1e6 - 2;
  play(split, streamOf(`-c:a aac -output_ts_offset ${offsetS}`));
  assert.equal(changes, [{ video: true, audio: true }]);
});

test.run();
