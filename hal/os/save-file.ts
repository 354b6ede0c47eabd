/** Replaces, overwrites or removes a small file, so that a power cut leaves the old one or the new one. */

import { lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './durable.ts';

/** What saving a file does to the disk, step by step. */
export interface Disk {
  mkdir(folder: string): Promise<void>;
  /** Writes at the file's start and syncs it; `w` makes or empties the file before. */
  write(path: string, content: string | Uint8Array, flag: 'w' | 'r+'): Promise<void>;
  bytesOf(path: string): Promise<number>;
  rename(from: string, to: string): Promise<void>;
  /** A file that is not there is no error. */
  remove(path: string): Promise<void>;
  syncFolder(folder: string): Promise<void>;
}

export const systemDisk: Disk = {
  mkdir: async (folder) => void (await mkdir(folder, { recursive: true, mode: 0o700 })),
  write: async (path, content, flag) => {
    if (flag === 'w') await putAsideFolder(path);
    await using file = await open(path, flag, 0o600);
    await file.writeFile(content);
    await file.datasync();
  },
  bytesOf: async (path) => (await stat(path)).size,
  rename: async (from, to) => {
    await putAsideFolder(to);
    await rename(from, to);
  },
  remove: async (path) => await rm(path, { force: true }),
  syncFolder,
};

/** Makes room for a new file: what is there is renamed to `.bad`. Returns that name. */
export async function putAside(path: string): Promise<string> {
  const aside = `${path}.bad`;
  await rm(aside, { recursive: true, force: true });
  await rename(path, aside);
  return aside;
}

/** A damaged file system may have a folder where a file was; no file replaces it. */
async function putAsideFolder(path: string): Promise<void> {
  const info = await lstat(path).catch(() => undefined);
  if (info?.isDirectory() === true) await putAside(path);
}

/** A new file beside it, synced, then renamed, then the folder synced. */
export async function saveFile(
  path: string,
  content: string | Uint8Array,
  disk = systemDisk,
): Promise<void> {
  const folder = dirname(path);
  const beside = `${path}.new`;
  await disk.mkdir(folder);
  try {
    await disk.write(beside, content, 'w');
    await disk.rename(beside, path);
  } catch (error) {
    // On a full disk half a file is in the way of the next one.
    await disk.remove(beside).catch(() => undefined);
    throw error;
  }
  await disk.syncFolder(folder);
}

/**
 * Overwrites a file where a full disk takes no new one: in the blocks that it has, padded
 * with spaces to its length. Only for a text within one sector (512 bytes), which is
 * written completely or not at all.
 */
export async function overwriteFile(path: string, text: string, disk = systemDisk): Promise<void> {
  const bytes = await disk.bytesOf(path);
  const padding = ' '.repeat(Math.max(0, bytes - Buffer.byteLength(text)));
  await disk.write(path, text + padding, 'r+');
  await disk.syncFolder(dirname(path));
}

/** Resolves when its name is gone from the disk too. */
export async function removeFile(path: string, disk = systemDisk): Promise<void> {
  await disk.remove(path);
  await disk.syncFolder(dirname(path));
}
