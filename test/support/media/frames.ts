/** Decodes encoded tracks with FFmpeg, to compare frames. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parseClock } from '../../../pipelines/probe/read-clock.ts';
import type { RealTrack } from './real-media.ts';

const run = promisify(execFile);
const MAX_BYTES = 200_000_000;

export interface DecodedFrame {
  /** Presentation time, in s. */
  readonly atS: number;
  /** Of its pixels. */
  readonly hash: string;
}

/** Decodes every picture of a movie as a player would: by its edit list, none left out or doubled. */
export async function framesOf(
  path: string,
  format: readonly string[] = [],
): Promise<readonly DecodedFrame[]> {
  const { stdout } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', ...format, '-i', path, '-map', '0:v:0'],
      ...['-fps_mode', 'passthrough', '-f', 'framemd5', '-'],
    ],
    { maxBuffer: MAX_BYTES },
  );
  const [, over = '1', under = '1'] = /^#tb 0: (\d+)\/(\d+)$/m.exec(stdout) ?? [];
  return stdout
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, , pts, , , hash = ''] = line.split(',').map((cell) => cell.trim());
      return { atS: (Number(pts) * Number(over)) / Number(under), hash };
    });
}

/** Reads the clock burned into each picture of a movie, in ms modulo 2^24; undefined where there is none. */
export async function clocksOf(
  path: string,
  widthPx: number,
): Promise<readonly (number | undefined)[]> {
  const rowPx = Math.ceil(widthPx / 40);
  const { stdout } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-i', path, '-map', '0:v:0', '-fps_mode', 'passthrough'],
      ...['-vf', `crop=${widthPx}:${rowPx}:0:0`, '-pix_fmt', 'gray', '-f', 'rawvideo', '-'],
    ],
    { maxBuffer: MAX_BYTES, encoding: 'buffer' },
  );
  const frameBytes = widthPx * rowPx;
  const cell = widthPx / 40;
  return Array.from({ length: Math.floor(stdout.length / frameBytes) }, (_, i) =>
    parseClock(
      (x, y) => stdout[i * frameBytes + Math.floor(y * cell) * widthPx + Math.floor(x * cell)] ?? 0,
    ),
  );
}

const START_CODE = Buffer.from([0, 0, 0, 1]);

/** An H.264 track as a byte stream (ITU-T H.264 Annex B), its parameter sets in front. */
export function annexB({ caps, units }: RealTrack): Buffer {
  const config = Buffer.from(/codec_data=\(buffer\)([0-9a-f]+)/.exec(caps)?.[1] ?? '', 'hex');
  const chunks: Buffer[] = [];
  // avcC (ISO/IEC 14496-15 §5.3.3.1): one list of SPS, then one of PPS.
  let at = 5;
  for (const mask of [0x1f, 0xff]) {
    const count = (config[at] ?? 0) & mask;
    at += 1;
    for (let i = 0; i < count; i += 1) {
      const bytes = config.readUInt16BE(at);
      chunks.push(START_CODE, config.subarray(at + 2, at + 2 + bytes));
      at += 2 + bytes;
    }
  }
  for (const { data } of units) {
    for (let from = 0; from < data.length; ) {
      const bytes = data.readUInt32BE(from);
      chunks.push(START_CODE, data.subarray(from + 4, from + 4 + bytes));
      from += 4 + bytes;
    }
  }
  return Buffer.concat(chunks);
}
