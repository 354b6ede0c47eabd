/** A player that is a program: how it is watched, and how its frames are looked at. */
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseClock } from '../../../pipelines/probe/read-clock.ts';
import { Complaints, type RunningPlayer, type Sample, sampleOf } from './player.ts';

export const PLAYLIST = '/live/index.m3u8?profile=laptop';

/** Undefined where it is installed. */
export const has = (path: string, from: string) =>
  existsSync(path) ? undefined : `${path} (${from})`;

/** @param luma Of one frame, line by line. */
export function lookAt(luma: Buffer, widthPx: number, onSample: (sample: Sample) => void): void {
  const cellPx = widthPx / 40;
  const clock = parseClock(
    (x, y) => luma[Math.floor(y * cellPx) * widthPx + Math.floor(x * cellPx)] ?? 0,
  );
  if (clock !== undefined) onSample(sampleOf(Date.now(), clock));
}

/** @param samples Of its picture, as they come. */
export function runningOf(child: ChildProcess, samples: readonly Sample[]): RunningPlayer {
  const complaints = new Complaints();
  let code: number | null | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once('close', (status) => {
      code = status;
      resolve();
    });
  });
  child.once('error', (error) => complaints.add(error.message));
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) {
        if (/error|warn|fail|critical/i.test(line)) complaints.add(line.replace(/[\d.:]+/g, '#'));
      }
    });
  }
  return {
    samples,
    isEnded: () => code === 0,
    complaints: () => complaints.counts,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 2_000);
      await ended;
      clearTimeout(timer);
    },
  };
}
