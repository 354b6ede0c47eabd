/** Reads and writes at a position of a file, and syncs folders. */

import { type FileHandle, open } from 'node:fs/promises';

/** Writes all of it: a nearly full disk takes a part of what it is given, and says no only then. */
export async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Reads so many bytes, or as many as there are. */
export async function readAt(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const out = Buffer.alloc(bytes);
  let done = 0;
  while (done < bytes) {
    const { bytesRead } = await file.read(out, done, bytes - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return out.subarray(0, done);
}

/** A new name is on the disk only when its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
