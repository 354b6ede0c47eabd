/** Cuts the power of a machine that records, and reads what is left on its disks. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Journal, parseJournal } from '../../../pipelines/recording/files/journal.ts';
import { launchOf } from '../../../test/support/media/real-media.ts';
import { boot } from './machine.ts';
import { prepareWork, seen, type Work } from './work.ts';

/** What one cut did to one disk. */
export interface CutCopy {
  readonly disk: string;
  readonly moviePath: string;
  readonly journal: Journal;
  readonly bytes: Buffer;
  /** Picture up to here is in the repaired recording, in media time. */
  readonly endUs: number;
  /** Acknowledged before the cut: the same. */
  readonly safeUs: number;
}

export interface Cut extends Progress {
  /** None for a disk where nothing had been recorded yet. */
  readonly copies: readonly CutCopy[];
  /** Recordings of cuts before this one, `a/NAME.mp4`, that are no longer what they were. */
  readonly changed: readonly string[];
}

/** How far the machine was, in media time. */
export interface Progress {
  readonly beganUs: number;
  readonly nowUs: number;
  readonly publishedUs: number;
  /** The longest that the host did not run the machine, in the last seconds. */
  readonly starvedMs: number;
  /** The longest from a part's publication to its sync. */
  readonly lagMaxMs: number;
  /** Recordings that were ended as a drop ends. */
  readonly endings: number;
  /** Acknowledged, by disk. */
  readonly safeUs: Readonly<Record<string, number>>;
}

/** When the power goes: at the very start of a recording, some time after, or when one was ended and the next began. */
export type Moment = 'opening' | 'running' | 'ended';

/** The cut comes at random within so long after recording was switched on, or was acknowledged. */
const WITHIN_MS: Readonly<Record<Moment, number>> = {
  opening: 1_500,
  running: 2_500,
  ended: 1_500,
};
const NOTHING: Progress = {
  starvedMs: 0,
  lagMaxMs: 0,
  beganUs: 0,
  nowUs: 0,
  publishedUs: 0,
  endings: 0,
  safeUs: {},
};

/**
 * Makes a folder with what a guest needs: its program in one file, media to
 * record, and two empty disks.
 *
 * @returns the folder, and how to remove it.
 */
export async function prepareGuest(): Promise<Work> {
  return await prepareWork(
    { guest: 'scripts/lab/power-cut/guest.ts', main: 'pipelines/recording/main.ts' },
    (work) => {
      for (const kind of ['video', 'audio'] as const) {
        const file = ['!', 'filesink', `location=${join(work, `${kind}.gdp`)}`];
        execFileSync('gst-launch-1.0', ['-q', ...launchOf(kind).split(' '), ...file]);
      }
    },
  );
}

/**
 * Boots a machine, cuts its power while it records, and so on; each boot repairs
 * what the cut before it left.
 */
export async function* cutPower(
  kernel: string,
  work: string,
  cuts: number,
  moment: Moment,
): AsyncGenerator<Cut> {
  const out = join(work, 'out');
  const kept = join(work, 'kept');
  const known = new Set<string>();
  let before: Progress | undefined;
  for (let i = 0; i <= cuts; i += 1) {
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out);
    if (i === cuts) writeFileSync(join(out, 'last'), '');
    if (moment === 'ended') writeFileSync(join(out, 'ends'), '');
    const machine = boot(kernel, work);
    try {
      await seen(() => existsSync(join(out, 'repaired')), out, machine.console);
      if (i < cuts) {
        if (moment === 'running') {
          await seen(() => isRecording(readProgress(out)), out, machine.console);
        }
        if (moment === 'ended') {
          await seen(() => readProgress(out)?.endings === 1, out, machine.console);
        }
        await sleep(Math.random() * WITHIN_MS[moment]);
        machine.cut();
      }
      await machine.ended;
    } finally {
      machine.cut();
    }
    const repaired = before === undefined ? undefined : readCut(out, kept, known, before);
    before = i < cuts ? (readProgress(out) ?? NOTHING) : undefined;
    if (repaired !== undefined) yield repaired;
  }
}

export function readProgress(out: string): Progress | undefined {
  try {
    return JSON.parse(readFileSync(join(out, 'progress'), 'utf8')) as Progress;
  } catch {
    return undefined;
  }
}

export function isRecording(progress: Progress | undefined): boolean {
  return progress !== undefined && Object.keys(progress.safeUs).length === 2;
}

/** What the boot after a cut handed out, and was not known before. */
function readCut(out: string, kept: string, known: Set<string>, before: Progress): Cut {
  const changed = [...known].filter((path) => {
    // The oldest go when their disk is full.
    if (!existsSync(join(out, path))) return false;
    return !readFileSync(join(out, path)).equals(readFileSync(join(kept, path)));
  });
  const copies = ['a', 'b'].flatMap((disk): CutCopy[] => {
    const names = readdirSync(join(out, disk)).filter((name) => name.endsWith('.mp4'));
    return names
      .filter((name) => !known.has(`${disk}/${name}`))
      .map((name) => {
        known.add(`${disk}/${name}`);
        mkdirSync(join(kept, disk), { recursive: true });
        const moviePath = join(kept, disk, name);
        renameSync(join(out, disk, name), moviePath);
        const journal = parseJournal(
          readFileSync(join(out, disk, name.replace('.mp4', '.journal'))),
        );
        if (journal === undefined) throw new Error(`${disk}/${name}: its journal cannot be read`);
        const last = journal.fragments.findLast(({ trackIndex }) => trackIndex === 0);
        const endUs = (last?.startUs ?? 0) + (last?.durationUs ?? 0);
        return {
          disk,
          moviePath,
          journal,
          bytes: readFileSync(moviePath),
          endUs,
          safeUs: before.safeUs[disk] ?? 0,
        };
      });
  });
  return { ...before, copies, changed };
}
