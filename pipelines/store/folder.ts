/** The folder of a store: files come in whole, verified and on the disk, within a quota. */
import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdir, opendir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { turns } from '../../hal/os/async.ts';
import { syncFolder, writeAll } from '../../hal/os/durable.ts';
import { ifMissing } from '../../hal/os/errors.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { createInside, openInside, UnsafeFile } from '../../hal/os/open-inside.ts';
import type { StoredName } from './names.ts';

/** Segments have a megabyte or two. */
export const FILE_MAX_BYTES = 64_000_000;
/** What a small file takes on a disk. */
const BLOCK_BYTES = 4_096;
const MODE = 0o640;
const FOLDER_MODE = 0o750;
const PART = '.part';

export type Stored = 'created' | 'same' | 'other' | 'wrong-digest' | 'full';

export interface Incoming {
  readonly bytes: number;
  readonly sha256: Buffer;
  readonly body: AsyncIterable<Buffer>;
}

export class StoreFolder {
  readonly #root: string;
  readonly #quotaBytes: number;
  #usedBytes = 0;
  readonly #inTurn = turns();

  private constructor(root: string, quotaBytes: number) {
    this.#root = root;
    this.#quotaBytes = quotaBytes;
  }

  /** Counts what can be read there, and removes what was cut off. Rejects where it is no folder. */
  static async open(root: string, quotaBytes: number, log: Log): Promise<StoreFolder> {
    await mkdir(root, { recursive: true, mode: FOLDER_MODE });
    const store = new StoreFolder(root, quotaBytes);
    store.#usedBytes = await countBytes(root, (path, error) =>
      log.warn('file not counted in the store', { path, reason: messageOf(error) }),
    );
    return store;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /**
   * Takes a file; a name has one content for ever. Rejects with what the body or the file
   * system said; then nothing of it stays.
   */
  async put(name: StoredName, incoming: Incoming): Promise<Stored> {
    const folder = join(this.#root, name.box, name.recording);
    const known = await digestOf(folder, name.file);
    if (known !== undefined) return known.equals(incoming.sha256) ? 'same' : 'other';
    const costBytes = Math.max(incoming.bytes, BLOCK_BYTES);
    if (this.#usedBytes + costBytes > this.#quotaBytes) return 'full';
    // Counted from now on, so that many at once do not fill it.
    this.#usedBytes += costBytes;
    let isStored = false;
    try {
      await makeFolder(this.#root, name.box);
      await makeFolder(join(this.#root, name.box), name.recording);
      const place = (part: string) => this.#place(folder, part, name.file, incoming.sha256);
      const stored = await receive(folder, name.file, incoming, place);
      isStored = stored === 'created';
      return stored;
    } finally {
      if (!isStored) this.#usedBytes -= costBytes;
    }
  }

  /**
   * Gives a complete file its name, unless another came first while this one was on its way. One
   * at a time: FAT has no link(2), whose EEXIST would tell, and a file with two names is not read.
   */
  async #place(folder: string, part: string, file: string, sha256: Buffer): Promise<Stored> {
    return await this.#inTurn(async () => {
      const known = await digestOf(folder, file);
      if (known !== undefined) return known.equals(sha256) ? 'same' : 'other';
      await rename(join(folder, part), join(folder, file));
      await syncFolder(folder);
      return 'created';
    });
  }
}

/** Writes under another name first: a file of its own name is complete. */
async function receive(
  folder: string,
  file: string,
  { bytes, sha256, body }: Incoming,
  place: (part: string) => Promise<Stored>,
): Promise<Stored> {
  const part = `.${file}.${randomBytes(6).toString('hex')}${PART}`;
  const handle = await createInside(folder, part, MODE);
  let stored: Stored = 'wrong-digest';
  try {
    const hash = createHash('sha256');
    let at = 0;
    for await (const chunk of body) {
      if (at + chunk.length > bytes) return stored;
      await writeAll(handle, chunk, at);
      hash.update(chunk);
      at += chunk.length;
    }
    if (at !== bytes || !hash.digest().equals(sha256)) return stored;
    await handle.datasync();
    stored = await place(part);
    return stored;
  } finally {
    await handle.close().catch(() => undefined);
    if (stored !== 'created') await unlink(join(folder, part)).catch(() => undefined);
  }
}

/** Undefined where there is no such file; rejects for what is no file. */
async function digestOf(folder: string, file: string): Promise<Buffer | undefined> {
  const handle = await openInside(folder, file).catch(ifMissing);
  if (handle === undefined) return undefined;
  try {
    const hash = createHash('sha256');
    for await (const chunk of handle.createReadStream({ autoClose: false })) hash.update(chunk);
    return hash.digest();
  } finally {
    await handle.close().catch(() => undefined);
  }
}

async function makeFolder(parent: string, name: string): Promise<void> {
  const path = join(parent, name);
  await mkdir(path, { mode: FOLDER_MODE }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const found = await lstat(path);
  if (!found.isDirectory()) throw new UnsafeFile('NOT_A_FILE', `${path} is not a folder`);
}

/** Goes on without what cannot be read, such as lost+found, or is gone by now. */
async function countBytes(
  folder: string,
  onSkipped: (path: string, error: unknown) => void,
): Promise<number> {
  let total = 0;
  for await (const entry of await opendir(folder)) {
    const path = join(folder, entry.name);
    try {
      if (entry.isDirectory()) total += await countBytes(path, onSkipped);
      else if (entry.isFile() && entry.name.startsWith('.') && entry.name.endsWith(PART)) {
        await unlink(path);
      } else total += Math.max((await lstat(path)).size, BLOCK_BYTES);
    } catch (error) {
      onSkipped(path, error);
    }
  }
  return total;
}
