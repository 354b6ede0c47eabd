/** A flash and a tone of one stream are due at the same time, whatever the sender's pieces are. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { streamSource } from '../../../hal/gst/access-units.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { entryPoint } from '../../../hal/os/process.ts';
import { openWorker } from '../../../hal/os/worker.ts';
import { type GdpBuffer, GdpParser } from '../../../pipelines/gdp/parse.ts';
import { type AccessUnit, openUnitOutput } from '../../../pipelines/gdp/unit-output.ts';
import type { FromSource, SourceSettings, ToSource } from '../../../pipelines/source/messages.ts';
import { StreamSplit } from '../../../pipelines/srt/split.ts';
import { type TrackKind, TransportStream } from '../../../pipelines/srt/transport-stream.ts';

const test = suite('lip sync by SRT');

const ENTRY = entryPoint(import.meta.url, '../../../pipelines/source/main');
const FROM_US = 5e9;
/** Of 0.1 s at each full second. */
const ON = 'lt(mod(t\\,1)\\,0.1)';
const LENGTH_S = 12;
const RAW = {
  video: 'videoconvert ! videoscale ! video/x-raw,format=GRAY8,width=8,height=4',
  audio: 'audioconvert ! audioresample ! audio/x-raw,format=S16LE,channels=1,rate=48000',
} as const;

function flashesAndTones(options: readonly string[]): Buffer {
  const picture = `color=black:s=160x90:r=30,drawbox=t=fill:c=white:enable=${ON}`;
  const sound = `aevalsrc=0.5*sin(6283*t)*${ON}:s=48000`;
  const words = `-c:v libx264 -preset ultrafast -tune zerolatency -g 30 -pix_fmt yuv420p -c:a aac -t ${LENGTH_S} -f mpegts`;
  const inputs = ['-v', 'error', '-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', sound];
  return execFileSync('ffmpeg', [...inputs, ...words.split(' '), ...options, '-']);
}

/** What each decoder is given of a stream that comes as fast as its clock says. */
function splitOf(bytes: Buffer): Readonly<Record<TrackKind, readonly AccessUnit[]>> {
  const fed: Record<TrackKind, AccessUnit[]> = { video: [], audio: [] };
  const split = new StreamSplit({
    openFeed: (kind) => ({
      add: (unit) => fed[kind as TrackKind].push(unit) > 0,
      close: () => undefined,
    }),
    onChange: () => void (['video', 'audio'] as const).map((kind) => split.feed(kind, kind)),
    onFault: assert.unreachable,
    later: (_ms, callBack) => callBack(),
  });
  let nowUs = FROM_US;
  let first: number | undefined;
  const clock = new TransportStream({
    onClock: (us) => {
      first ??= us;
      nowUs = FROM_US + us - first;
    },
    onUnit: () => undefined,
  });
  for (let at = 0; at < bytes.length; at += 1_316) {
    const piece = bytes.subarray(at, at + 1_316);
    clock.add(piece);
    split.add(piece, nowUs - 200_000, nowUs);
    split.tick(nowUs);
  }
  return fed;
}

/** Decodes it in a real source process. */
async function decode(
  kind: TrackKind,
  units: readonly AccessUnit[],
): Promise<readonly GdpBuffer[]> {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-lips-'));
  const [file, fifo] = [join(folder, 'raw'), join(folder, 'units')];
  execFileSync('mkfifo', [fifo]);
  const fds = [openSync(file, 'w'), openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK)];
  const feed = openUnitOutput(fifo, () => undefined);
  const launch = `${streamSource(kind).launch} ! ${RAW[kind]} ! gdppay crc-header=false ! fdsink fd=3 sync=false async=false`;
  const worker = openWorker<SourceSettings, ToSource, FromSource>(
    { name: kind, entry: ENTRY, env: { UV_THREADPOOL_SIZE: '4' }, graceMs: 1_000 },
    { clock: systemClock, log: silentLog },
  );
  const ending = new AbortController();
  const settings = { launch, units: { appsrc: 'units' } };
  const onStart = () => {
    for (const fd of fds) closeSync(fd);
    for (const unit of units) feed.add(unit);
  };
  const inherit = fds;
  const run = worker.run({ settings, inherit, onMessage: () => undefined, onStart }, ending.signal);
  try {
    const isAll = (buffers: readonly GdpBuffer[]) =>
      Number(buffers.at(-1)?.ptsNs ?? 0) / 1_000 > FROM_US + (LENGTH_S - 2) * 1e6;
    for (const endMs = performance.now() + 180_000; performance.now() < endMs; await sleep(500)) {
      const packets = new GdpParser().push(readFileSync(file));
      assert.is.not(packets, 'malformed');
      const buffers =
        packets === 'malformed' ? [] : packets.filter(({ kind: is }) => is === 'buffer');
      if (isAll(buffers as readonly GdpBuffer[])) return buffers as readonly GdpBuffer[];
    }
    return [];
  } finally {
    ending.abort();
    await run.catch(() => undefined);
    feed.close();
    rmSync(folder, { recursive: true });
  }
}

const msOf = ({ ptsNs = 0n }: GdpBuffer) => Number(ptsNs) / 1e6;
const isWhite = (frame: GdpBuffer | undefined) => (frame?.data[0] ?? 255) > 128;

/** When a tone begins after silence. */
function* tonesIn(blocks: readonly GdpBuffer[]): Generator<number> {
  let quiet = 0;
  for (const block of blocks) {
    for (let i = 0; i < block.data.length / 2; i += 1) {
      const isLoud = Math.abs(block.data.readInt16LE(2 * i)) > 3_000;
      if (isLoud && quiet > 9_600) yield msOf(block) + i / 48;
      quiet = isLoud ? 0 : quiet + 1;
    }
  }
}

test('with FFmpeg’s large pieces of sound, with small ones, and with a clock that is far behind', async () => {
  for (const options of [[], ['-pes_payload_size', '0'], ['-muxdelay', '2']]) {
    const fed = splitOf(flashesAndTones(options));
    const frames = await decode('video', fed.video);
    const tones = [...tonesIn(await decode('audio', fed.audio))];
    const flashes = frames
      .filter((frame, i) => isWhite(frame) && !isWhite(frames[i - 1]))
      .map(msOf);
    const off = flashes.map((at) => Math.min(...tones.map((one) => Math.abs(one - at))));
    assert.ok(off.length >= 5, `${options}: ${flashes}; ${tones}`);
    assert.ok(Math.max(...off) < 5, `${options}: ${off}`);
  }
});

test.run();
