/** VLC, which writes each frame that it shows into a pipe. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Player, Sample } from './player.ts';
import { has, lookAt, PLAYLIST, runningOf } from './program.ts';

/** VLC refuses to run as root; another user then plays. */
const AS_NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] as const;

export const vlc: Player = {
  name: 'VLC',
  missing: () => has('/usr/bin/vlc', 'apt: vlc-bin vlc-plugin-base'),
  start: async (url) => {
    const folder = mkdtempSync(join(tmpdir(), 'venuebox-vlc-'));
    const fifo = join(folder, 'frames');
    execFileSync('mkfifo', ['-m', '666', fifo]);
    chmodSync(folder, 0o777);
    const plays = [
      ...['cvlc', '--play-and-exit', '--no-video-title-show'],
      ...['--vout', 'yuv', '--yuv-file', fifo, '--yuv-yuv4mpeg2', '--aout', 'adummy'],
      `${url}${PLAYLIST}`,
    ];
    const [command = '', ...args] = process.getuid?.() === 0 ? [...AS_NOBODY, ...plays] : plays;
    // Open for writing, too: VLC closes the pipe and opens it again with each change of size.
    const pipe = openSync(fifo, constants.O_RDWR);
    const cat = spawn('cat', { stdio: [pipe, 'pipe', 'ignore'] });
    closeSync(pipe);
    const env = { ...process.env, HOME: folder };
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    const samples: Sample[] = [];
    const frames = new FrameReader((luma, widthPx) => {
      lookAt(luma, widthPx, (sample) => samples.push(sample));
    });
    cat.stdout?.on('data', (data: Buffer) => frames.push(data));
    const playing = runningOf(child, samples);
    return {
      ...playing,
      [Symbol.asyncDispose]: async () => {
        await playing[Symbol.asyncDispose]();
        cat.kill();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};

const LINE_MAX_BYTES = 200;

/**
 * YUV4MPEG2 in 4:2:0: a line with the size, again after each change of it, and before each frame
 * a line `FRAME`.
 */
export class FrameReader {
  readonly #onFrame: (luma: Buffer, widthPx: number) => void;
  #rest = Buffer.alloc(0);
  #widthPx = 0;
  #heightPx = 0;

  constructor(onFrame: (luma: Buffer, widthPx: number) => void) {
    this.#onFrame = onFrame;
  }

  push(data: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, data]);
    while (this.#takeOne());
  }

  /** @returns false where the next line, or its frame, is not complete. */
  #takeOne(): boolean {
    const end = this.#rest.subarray(0, LINE_MAX_BYTES).indexOf(0x0a);
    if (end < 0) return false;
    const line = this.#rest.toString('latin1', 0, end);
    const [, width, height] = /^YUV4MPEG2 W(\d+) H(\d+)/.exec(line) ?? [];
    if (width !== undefined) {
      [this.#widthPx, this.#heightPx] = [Number(width), Number(height)];
      this.#rest = this.#rest.subarray(end + 1);
      return true;
    }
    const lumaBytes = this.#widthPx * this.#heightPx;
    const next = end + 1 + (lumaBytes * 3) / 2;
    if (this.#rest.length < next) return false;
    this.#onFrame(this.#rest.subarray(end + 1, end + 1 + lumaBytes), this.#widthPx);
    this.#rest = this.#rest.subarray(next);
    return true;
  }
}
