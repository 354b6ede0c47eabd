/** The volume under a target: its folder, its free space and the names of its errors. */
import { constants } from 'node:fs';
import { access, mkdir, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../../hal/os/durable.ts';
import { messageOf } from '../../hal/os/log.ts';
import { assertDirectWay } from '../../hal/os/open-inside.ts';
import { isOfBox, listRecordings, type OwnStored, type StoredRecording } from './files/library.ts';
import { journalPath, moviePath } from './files/recording-file.ts';
import type { TargetFailure, TargetSettings } from './settings.ts';
import { planSpace, reserveOf, type Volume } from './space.ts';

/** A target cannot record now; it is tried again later. */
export class TargetError extends Error {
  readonly failure: TargetFailure;

  constructor(failure: TargetFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TargetError';
    this.failure = failure;
  }
}

const FAILURE_BY_CODE: Readonly<Record<string, TargetFailure>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'read-only',
  EACCES: 'read-only',
  EPERM: 'read-only',
  ENOENT: 'gone',
  ENOTDIR: 'gone',
  ENODEV: 'gone',
  ENXIO: 'gone',
  ENOTCONN: 'gone',
  ESTALE: 'gone',
};

/** Names an error of the file system. */
export function targetErrorOf(error: unknown, folder: string): TargetError {
  if (error instanceof TargetError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const failure = FAILURE_BY_CODE[code] ?? 'broken';
  return new TargetError(failure, `${folder}: ${messageOf(error)}`, { cause: error });
}

/** Makes the folder where it may be made. Rejects with a {@link TargetError}. */
export async function openFolder({ folder, isOwnVolume }: TargetSettings): Promise<void> {
  try {
    if (isOwnVolume && (await isOnSystemDisk(folder))) {
      throw new TargetError('gone', `${folder}: its disk is not mounted`);
    }
    await assertDirectWay(folder);
    await mkdir(folder, { recursive: true, mode: 0o750 });
    // Also where nothing is recorded now: the checks before a drop say so.
    await access(folder, constants.W_OK);
  } catch (error) {
    throw targetErrorOf(error, folder);
  }
}

/** A disk that is not mounted leaves an empty folder on the system's disk. */
export async function isOnSystemDisk(folder: string): Promise<boolean> {
  const root = await stat('/');
  let nearest = folder;
  for (;;) {
    const found = await stat(nearest).catch(() => undefined);
    if (found !== undefined) return found.dev === root.dev;
    nearest = dirname(nearest);
  }
}

export interface FreeSpace {
  readonly volume: Volume;
  /** Finished recordings that the policy may delete, oldest first. */
  readonly older: readonly StoredRecording[];
  readonly deleted: readonly string[];
}

/**
 * Frees the reserve, by the target's policy; the running recording stays. Rejects with a {@link TargetError} where there is no
 * more space: `others` where recordings of another box take it, else `full`.
 */
export async function freeUpSpace(
  settings: TargetSettings,
  { running, openings, boxId }: OwnStored = {},
): Promise<FreeSpace> {
  const { folder } = settings;
  const stored = await listRecordings(folder, openings);
  let older = stored.filter((one) => one.name !== running && isOfBox(one, boxId));
  const others = stored.filter((one) => !isOfBox(one, boxId));
  const deleted: string[] = [];
  for (;;) {
    const volume = await volumeOf(folder);
    const plan = planSpace(settings, volume, older, running !== undefined);
    if (!plan.isEnough) {
      const [free, reserve] = [volume.freeBytes, reserveOf(settings, volume)].map(megabytes);
      const all = [...older, ...others];
      const isOfOthers = planSpace(settings, volume, all, running !== undefined).isEnough;
      const theirs = isOfOthers ? `, ${describeOthers(others)}` : '';
      throw new TargetError(
        isOfOthers ? 'others' : 'full',
        `${folder}: ${free} MB free, the reserve is ${reserve} MB${theirs}`,
      );
    }
    // What cannot be deleted is no space, and keeps no other from being deleted.
    const gone = await deleteAll(folder, plan.deletions);
    deleted.push(...gone);
    older = older.filter((one) => !plan.deletions.includes(one));
    if (gone.length === plan.deletions.length) {
      return { volume: await volumeOf(folder), older, deleted };
    }
  }
}

/** @returns the names of those that it could delete. */
async function deleteAll(
  folder: string,
  recordings: readonly StoredRecording[],
): Promise<readonly string[]> {
  const gone: string[] = [];
  for (const { name } of recordings) {
    try {
      // The movie first: a journal alone is recognised as a remnant and removed.
      await rm(moviePath(folder, name), { force: true });
      await rm(journalPath(folder, name), { force: true });
      gone.push(name);
    } catch {
      // The next one, then.
    }
  }
  if (gone.length > 0) await syncFolder(folder);
  return gone;
}

function describeOthers(others: readonly StoredRecording[]): string {
  const bytes = others.reduce((sum, one) => sum + one.bytes, 0);
  return `${megabytes(bytes)} MB are recordings of another box, or of this one before its card was changed`;
}

async function volumeOf(folder: string): Promise<Volume> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
