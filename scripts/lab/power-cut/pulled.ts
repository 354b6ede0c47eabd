/** Disks that are pulled out while the box records, as a laptop then finds them: nothing is repaired. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRecording, type Progress, readProgress } from './cuts.ts';
import { boot, type DiskFormat, makeDisk } from './machine.ts';
import { seen } from './work.ts';

/** One of two disks, after it was pulled. */
export interface PulledDisk extends Progress {
  readonly format: DiskFormat;
  /** What lies on it, as it is. */
  readonly movies: readonly string[];
}

const DISK_MB = 64;
const WITHIN_MS = 2_500;

/**
 * Boots a machine with two disks of this format, and stops it as if they were pulled out at a
 * random moment; the next boot copies what is on them before anything else.
 *
 * A disk that is pulled holds what a power cut leaves on it: what the kernel had not written
 * is lost with either.
 */
export async function* pullDisks(
  kernel: string,
  work: string,
  times: number,
  format: DiskFormat,
): AsyncGenerator<PulledDisk> {
  const out = join(work, 'out');
  const kept = join(work, `kept-${format}`);
  for (const disk of ['a', 'b']) makeDisk(join(work, `${disk}.img`), DISK_MB, format);
  let before: Progress | undefined;
  for (let i = 0; i <= times; i += 1) {
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out);
    const machine = boot(kernel, work, format);
    try {
      await seen(() => existsSync(join(out, 'repaired')), out, machine.console);
      if (i < times) await seen(() => isRecording(readProgress(out)), out, machine.console);
      if (i < times) await sleep(Math.random() * WITHIN_MS);
    } finally {
      machine.cut();
    }
    await machine.ended;
    if (existsSync(join(out, 'failed'))) throw new Error(readFileSync(join(out, 'failed'), 'utf8'));
    for (const disk of before === undefined ? [] : ['a', 'b']) {
      const folder = join(kept, `${i}-${disk}`);
      mkdirSync(kept, { recursive: true });
      renameSync(join(out, `raw-${disk}`), folder);
      const movies = readdirSync(folder).filter((name) => name.endsWith('.mp4'));
      yield { ...(before as Progress), format, movies: movies.map((name) => join(folder, name)) };
    }
    before = readProgress(out);
  }
}
