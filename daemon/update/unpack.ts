/** Unpacks a release into a folder, and checks the files of one that is unpacked. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { writeAll } from '../../hal/os/durable.ts';
import { errnoOf, ifMissing } from '../../hal/os/errors.ts';
import {
  CHANGED,
  HEADER_BYTES_MAX,
  type Head,
  LIST_BYTES_MAX,
  type List,
  RELEASE_FILE,
  ReleaseError,
  readHead,
  readList,
  SIGNATURE_BYTES_MAX,
} from './release.ts';
import { type LineStream, type Opened, TOO_SHORT } from './stream.ts';

/**
 * Writes all files of a release, each with its hash checked, into a folder that is made for it. What
 * is not whole stays in that folder: it is nobody's until it is renamed.
 *
 * Rejects with ReleaseError for the release, or with what the disk says.
 *
 * @param onProgress From 0 to 1.
 */
export async function unpack(
  stream: LineStream,
  { header, id, lines }: Opened,
  folder: string,
  onProgress: (ratio: number) => void,
): Promise<void> {
  const listLine = await stream.line(LIST_BYTES_MAX);
  const list = readList({ header, id }, listLine);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o750 });
  const contents = new Contents(stream.rest());
  let doneBytes = 0;
  try {
    for (const [path, bytes, sha256, isExecutable] of list) {
      const hash = createHash('sha256');
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true, mode: 0o750 });
      await using file = await open(target, 'wx', isExecutable === 1 ? 0o750 : 0o640);
      let written = 0;
      for await (const chunk of contents.take(bytes)) {
        hash.update(chunk);
        await writeAll(file, chunk, written);
        written += chunk.length;
        onProgress((doneBytes + written) / Math.max(1, header.unpacked_bytes));
      }
      if (hash.digest('hex') !== sha256) throw new ReleaseError(CHANGED);
      doneBytes += bytes;
    }
    if (!(await contents.isOver())) throw new ReleaseError(CHANGED);
  } finally {
    contents.end();
  }
  const head = Buffer.concat([...lines, listLine].flatMap((line) => [line, Buffer.from('\n')]));
  await writeFile(join(folder, RELEASE_FILE), head, { mode: 0o640 });
}

/** The files' bytes, one after the other; never more of them than are asked for. */
class Contents {
  readonly #packed: Readable;
  readonly #unpacked: AsyncIterator<Buffer>;
  #left: Buffer = Buffer.alloc(0);
  #fault: unknown;

  constructor(packed: AsyncIterable<Buffer>) {
    this.#packed = Readable.from(packed, { objectMode: false });
    const gunzip = createGunzip();
    // What breaks off, or is stopped, is reported as it is and not as a fault of gzip.
    this.#packed.on('error', (error) => {
      this.#fault = error;
      gunzip.destroy(error);
    });
    // The next reader gets it; an error without a reader would end the process.
    gunzip.on('error', () => undefined);
    this.#unpacked = this.#packed.pipe(gunzip)[Symbol.asyncIterator]();
  }

  async *take(bytes: number): AsyncGenerator<Buffer> {
    let left = bytes;
    while (left > 0) {
      if (this.#left.length === 0) {
        const next = await this.#next();
        if (next === undefined) throw new ReleaseError(TOO_SHORT);
        this.#left = next;
      }
      const chunk = this.#left.subarray(0, left);
      this.#left = this.#left.subarray(chunk.length);
      left -= chunk.length;
      yield chunk;
    }
  }

  async isOver(): Promise<boolean> {
    return this.#left.length === 0 && (await this.#next()) === undefined;
  }

  end(): void {
    this.#packed.destroy();
  }

  async #next(): Promise<Buffer | undefined> {
    try {
      for (;;) {
        const next = await this.#unpacked.next();
        if (next.done === true) return undefined;
        if (next.value.length > 0) return next.value;
      }
    } catch (error) {
      if (this.#fault !== undefined) throw this.#fault;
      // zlib: the stream ends within a block, or is no gzip.
      const isShort = errnoOf(error) === 'Z_BUF_ERROR';
      throw new ReleaseError(isShort ? TOO_SHORT : CHANGED, { cause: error });
    }
  }
}

/** The release that a folder was made of, by its signed list. Rejects with ReleaseError. */
export async function readRelease(
  folder: string,
  key: string,
): Promise<Head & { readonly list: List }> {
  const info = await lstat(join(folder, RELEASE_FILE)).catch(ifMissing);
  const max = HEADER_BYTES_MAX + SIGNATURE_BYTES_MAX + LIST_BYTES_MAX + 3;
  if (info === undefined || !info.isFile() || info.size > max) {
    throw new ReleaseError('its files are not complete');
  }
  const bytes = await readFile(join(folder, RELEASE_FILE));
  const first = bytes.indexOf(10);
  const second = bytes.indexOf(10, first + 1);
  const head = readHead(bytes.subarray(0, first), bytes.subarray(first + 1, second), key);
  return { ...head, list: readList(head, bytes.subarray(second + 1, -1)) };
}

/**
 * Holds every file of a folder against its signed list; a file that is not in the list is as bad as
 * one that was changed, as a program would load it.
 *
 * Rejects with ReleaseError, or what the disk says.
 */
export async function checkTree(folder: string, id: string, key: string): Promise<void> {
  const release = await readRelease(folder, key);
  if (release.id !== id) throw new ReleaseError('its folder has the name of another release');
  const listed = new Set([RELEASE_FILE, ...release.list.map(([path]) => path)]);
  for (const path of await filesIn(folder)) {
    if (!listed.has(path)) throw new ReleaseError(`${path} is not of the release`);
  }
  for (const [path, bytes, sha256] of release.list) {
    const found = await hashOf(join(folder, path), bytes);
    if (found !== sha256) throw new ReleaseError(`${path} was changed or is damaged`);
  }
}

/** All that is no folder, by its path. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

/** Undefined for what is no file of that size. */
async function hashOf(path: string, bytes: number): Promise<string | undefined> {
  const info = await lstat(path).catch(ifMissing);
  if (info === undefined || !info.isFile() || info.size !== bytes) return undefined;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}
