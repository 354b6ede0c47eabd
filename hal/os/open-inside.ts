/**
 * Opens files in a folder that strangers may have filled: a USB stick, or what guests name.
 *
 * No symbolic link is followed, and nothing but a regular file with one name is opened: a
 * link on a stick could lead to the box's own secrets, a FIFO or a device could hang or
 * do harm, and a hard link could lie in another folder as well.
 */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, opendir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { readAt, syncFolder } from './durable.ts';
import { ifMissing } from './errors.ts';

/** A file that is not opened; its code says why. */
export class UnsafeFile extends Error {
  readonly code: 'LINK' | 'NOT_A_FILE' | 'OTHER_OWNER' | 'TOO_LONG';

  constructor(code: UnsafeFile['code'], message: string) {
    super(message);
    this.name = 'UnsafeFile';
    this.code = code;
  }
}

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;
/** Without O_NONBLOCK a FIFO would wait for a writer. */
const SAFE = O_NOFOLLOW | O_NONBLOCK;
/** Of a folder; what lies behind is not seen. */
const ENTRIES_MAX = 20_000;

/**
 * Opens a file for reading, or for reading and writing.
 *
 * Rejects with an {@link UnsafeFile}, or with what the file system said.
 */
export async function openInside(
  folder: string,
  name: string,
  access: 'read' | 'write' = 'read',
): Promise<FileHandle> {
  const path = join(folder, assertName(name));
  const handle = await open(path, (access === 'write' ? O_RDWR : O_RDONLY) | SAFE).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ELOOP') throw new UnsafeFile('LINK', `${path} is a symbolic link`);
      // A folder that is to be written to, and a socket.
      if (error.code === 'EISDIR' || error.code === 'ENXIO') {
        throw new UnsafeFile('NOT_A_FILE', `${path} is not a file`);
      }
      throw error;
    },
  );
  try {
    const found = await handle.stat();
    assertRegular(found, path);
    if (access === 'write') await assertOwner(found, folder, path);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Opens the file at this path as {@link openInside} does. */
export async function openRegular(path: string): Promise<FileHandle> {
  return await openInside(dirname(path), basename(path));
}

/** Reads a file that has no more than so many bytes. */
export async function readInside(folder: string, name: string, maxBytes: number): Promise<Buffer> {
  const handle = await openInside(folder, name);
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) {
      throw new UnsafeFile('TOO_LONG', `${join(folder, name)} has ${size} bytes, not ${maxBytes}`);
    }
    return await readAt(handle, 0, size);
  } finally {
    await handle.close();
  }
}

/** Creates a file; rejects with EEXIST where the name is taken, whatever by. */
export async function createInside(
  folder: string,
  name: string,
  mode: number,
): Promise<FileHandle> {
  return await open(join(folder, assertName(name)), O_CREAT | O_EXCL | O_RDWR | SAFE, mode);
}

/** Creates a file in the place of one of this name, or of a link. */
export async function recreateInside(
  folder: string,
  name: string,
  mode: number,
): Promise<FileHandle> {
  await unlink(join(folder, assertName(name))).catch(ifMissing);
  return await createInside(folder, name, mode);
}

/**
 * Writes a small file under a name that it has only when it is complete, in the place of any before.
 *
 * @param isSynced It is on the disk then, and a power cut leaves that or the one before.
 */
export async function replaceInside(
  folder: string,
  name: string,
  bytes: Buffer,
  mode: number,
  isSynced = false,
): Promise<void> {
  const handle = await recreateInside(folder, `${name}.part`, mode);
  try {
    await handle.writeFile(bytes);
    if (isSynced) await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(join(folder, `${name}.part`), join(folder, assertName(name)));
  if (isSynced) await syncFolder(folder);
}

/** Names of the folder's regular files that `isWanted`, in no order. Rejects where there is no folder. */
export async function listInside(
  folder: string,
  isWanted: (name: string) => boolean,
): Promise<readonly string[]> {
  const names: string[] = [];
  let left = ENTRIES_MAX;
  for await (const entry of await opendir(folder, { bufferSize: 256 })) {
    if (entry.isFile() && isWanted(entry.name)) names.push(entry.name);
    left -= 1;
    if (left === 0) break;
  }
  return names;
}

/**
 * Rejects with an {@link UnsafeFile} where the way to a folder goes through a symbolic
 * link that lies on another disk than the system's: a stick could lead the box elsewhere.
 */
export async function assertDirectWay(folder: string): Promise<void> {
  const { dev } = await lstat('/');
  let path = resolve(folder);
  for (; path !== '/'; path = dirname(path)) {
    const found = await lstat(path).catch(() => undefined);
    if (found?.isSymbolicLink() && (await lstat(dirname(path))).dev !== dev) {
      throw new UnsafeFile('LINK', `${path} is a symbolic link on another disk`);
    }
  }
}

function assertName(name: string): string {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) {
    throw new UnsafeFile('NOT_A_FILE', `${JSON.stringify(name.slice(0, 80))} is not a file name`);
  }
  return name;
}

function assertRegular(found: Stats, path: string): void {
  if (!found.isFile()) throw new UnsafeFile('NOT_A_FILE', `${path} is not a file`);
  if (found.nlink > 1) throw new UnsafeFile('LINK', `${path} has several names (hard links)`);
}

/** FAT has no owners: there all files belong to whom the mount names, as the folder does. */
async function assertOwner(found: Stats, folder: string, path: string): Promise<void> {
  const own = process.getuid?.();
  if (found.uid === own || found.uid === (await lstat(folder)).uid) return;
  throw new UnsafeFile('OTHER_OWNER', `${path} belongs to another user`);
}
