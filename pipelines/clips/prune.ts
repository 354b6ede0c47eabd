/** Deletes the oldest clips, so that they fill no disk. */
import { lstat, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { HalError } from '../../hal/os/errors.ts';
import { messageOf } from '../../hal/os/log.ts';
import { assertDirectWay, listInside } from '../../hal/os/open-inside.ts';
import { clipInfoName, readClipInfo } from './clip-info.ts';
import { posterName, readPoster } from './poster-file.ts';

export interface ClipLimits {
  readonly maxClips: number;
  readonly maxBytes: number;
  /** What stays free on the disk, as far as deleting clips can do that. */
  readonly reserveBytes: number;
}

export interface StoredClip {
  readonly id: string;
  readonly bytes: number;
  /** In the order of writing, whatever the clock said; 0 of clips of earlier versions. */
  readonly sequence: number;
  /** When MARK was pressed, or the file was written: Unix time, in ms. */
  readonly atMs: number;
}

export interface Pruned {
  /** Clips that are gone. */
  readonly deleted: readonly string[];
  /** What could not be deleted, and why. */
  readonly failed: readonly { readonly name: string; readonly reason: string }[];
}

export const CLIP = /^clip-([\w-]{11})\.mp4$/;

export function inOrder(
  a: Pick<StoredClip, 'sequence' | 'atMs'>,
  b: Pick<StoredClip, 'sequence' | 'atMs'>,
): number {
  return a.sequence - b.sequence || a.atMs - b.atMs;
}

/** Which clips are to be deleted, the oldest first; the newest is never among them. Pure. */
export function planPruning(
  clips: readonly StoredClip[],
  { maxClips, maxBytes, reserveBytes }: ClipLimits,
  freeBytes: number,
): readonly StoredClip[] {
  let bytes = clips.reduce((sum, clip) => sum + clip.bytes, 0);
  let [left, free] = [clips.length, freeBytes];
  const deletions: StoredClip[] = [];
  for (const clip of clips.toSorted(inOrder)) {
    const isWithin = left <= maxClips && bytes <= maxBytes && free >= reserveBytes;
    if (isWithin || left === 1) break;
    deletions.push(clip);
    left -= 1;
    bytes -= clip.bytes;
    free += clip.bytes;
  }
  return deletions;
}

/**
 * The clips in a folder that may be a stranger's: only regular files with one name; an
 * entry that cannot be read is left out, and none hides the others.
 */
export async function listClips(folder: string): Promise<readonly StoredClip[]> {
  const clips: StoredClip[] = [];
  for (const name of await listInside(folder, (one) => CLIP.test(one)).catch(() => [])) {
    const file = await lstat(join(folder, name)).catch(() => undefined);
    if (file?.isFile() !== true || file.nlink > 1) continue;
    const id = CLIP.exec(name)?.[1] ?? '';
    const info = await readClipInfo(folder, id);
    const { sequence = 0, atMs = file.mtimeMs } = info ?? {};
    clips.push({ id, bytes: file.size, sequence, atMs });
  }
  return clips;
}

/** Never rejects: what cannot be deleted is reported, and the rest is. */
export async function pruneClips(folder: string, limits: ClipLimits): Promise<Pruned> {
  const deleted: string[] = [];
  const failed: { name: string; reason: string }[] = [];
  try {
    await assertDirectWay(folder);
    const clips = await listClips(folder);
    const { bavail, bsize } = await statfs(folder);
    const due = planPruning(clips, limits, bavail * bsize);
    const kept = clips.filter((clip) => !due.includes(clip));
    const used = new Set(due.length === 0 ? [] : await postersOf(folder, kept));
    for (const { id } of due) {
      const faults = await unlinkClip(folder, id, used);
      failed.push(...faults);
      if (faults.length === 0) deleted.push(id);
    }
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (!isMissing) failed.push({ name: folder, reason: messageOf(error) });
  }
  return { deleted, failed };
}

/** One that a person does not want. Rejects with NOT_FOUND, or ENOENT, where it is not there, or where it cannot be deleted. */
export async function deleteClip(folder: string, id: string): Promise<void> {
  await assertDirectWay(folder);
  const clips = await listClips(folder);
  const kept = clips.filter((clip) => clip.id !== id);
  if (kept.length === clips.length) throw new HalError('NOT_FOUND', `${id}: no such clip`);
  const [fault] = await unlinkClip(folder, id, new Set(await postersOf(folder, kept)));
  if (fault !== undefined) throw new Error(`${fault.name}: ${fault.reason}`);
}

/** @param used Posters that other clips have too. */
async function unlinkClip(
  folder: string,
  id: string,
  used: ReadonlySet<string>,
): Promise<Pruned['failed']> {
  const own = (await postersOf(folder, [{ id }])).filter((name) => !used.has(name));
  const failed: { name: string; reason: string }[] = [];
  // The movie first: without it the others are found by no one.
  for (const name of [`clip-${id}.mp4`, clipInfoName(id), posterName(id), ...own]) {
    await unlink(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') failed.push({ name, reason: messageOf(error) });
    });
  }
  return failed;
}

/** Names of the posters' files: clips of one picture share them. */
async function postersOf(
  folder: string,
  clips: readonly Pick<StoredClip, 'id'>[],
): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { id } of clips) {
    const poster = await readPoster(folder, id);
    names.push(...(poster?.files ?? []).map(({ name }) => name));
  }
  return names;
}
