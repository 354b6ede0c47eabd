/** One recording on the disk: the MP4 file and its journal. */
import { createHash } from 'node:crypto';
import { type FileHandle, lstat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { syncFolder, writeAll } from '../../../hal/os/durable.ts';
import { createInside } from '../../../hal/os/open-inside.ts';
import { hideBatch } from './hidden-batch.ts';
import { type FragmentEntry, type OpenRecord, renderRecord } from './journal.ts';
import type { WriteStep } from './write-step.ts';

type Begin = Extract<WriteStep, { type: 'begin' }>;
type FragmentStep = Extract<WriteStep, { type: 'fragment' }>;

/** The drop that is recorded. */
export interface RecordedDrop {
  /** Unix time of media time 0, in ms. */
  readonly epochMs: number;
  readonly dropId?: string | undefined;
  /** Number of the recording in its folder. */
  readonly sequence?: number | undefined;
  /** Of the box that writes it. */
  readonly boxId?: string | undefined;
}

/** Its group may read it, others may not. */
export const MODE = 0o640;

/**
 * The name of a recording that starts at this Unix time, in ms, without an ending: legal
 * on FAT, exFAT and Windows.
 */
export function recordingName(startMs: number): string {
  return `venuebox-${new Date(startMs).toISOString().replace(/[-:]/g, '')}`;
}

/** Matches the names above, and the second of a name after the clock was set back. */
export const RECORDING_NAME = /^venuebox-\d{8}T\d{6}\.\d{3}Z(?:-\d{1,3})?$/;
/** So many may start at one time of the clock. */
const SAME_NAME_MAX = 999;

export const moviePath = (folder: string, name: string): string => join(folder, `${name}.mp4`);
export const journalPath = (folder: string, name: string): string =>
  join(folder, `${name}.journal`);

/** A method that fails rejects with what the file system said; then only `abandon` may follow. */
export class RecordingFile {
  readonly name: string;
  readonly headerBytes: number;
  readonly #movie: FileHandle;
  readonly #journal: FileHandle;
  readonly #hash = createHash('sha256');
  readonly #isWhole: boolean;
  /** Length of what is complete: a failed write may have left bytes behind it. */
  #completeBytes = 0;
  /** What was written went wrong; it is cut off at the end. */
  #isTorn = false;
  #journalOffset = 0;
  #waiting: { readonly chunks: readonly Buffer[]; readonly entry: FragmentEntry }[] = [];
  #waitingBytes = 0;

  private constructor(name: string, movie: FileHandle, journal: FileHandle, begin: Begin) {
    this.name = name;
    this.headerBytes = begin.header.length;
    this.#movie = movie;
    this.#journal = journal;
    this.#isWhole = begin.isWhole;
  }

  /** Creates both files; when it returns, they and their names are on the disk. */
  static async create(
    folder: string,
    { epochMs, dropId, sequence, boxId }: RecordedDrop,
    begin: Begin,
  ): Promise<RecordingFile> {
    const { baseUs, header, tracks, isWhole } = begin;
    const { name, movie, journal } = await createBoth(
      folder,
      recordingName(epochMs + baseUs / 1000),
    );
    const file = new RecordingFile(name, movie, journal, begin);
    try {
      await writeAll(movie, header, 0);
      file.#hash.update(header);
      file.#completeBytes = header.length;
      await movie.datasync();
      const record: OpenRecord = {
        type: 'open',
        version: 1,
        epochMs,
        baseUs,
        headerBytes: header.length,
        tracks,
        isWhole,
        ...(dropId === undefined ? {} : { dropId }),
        ...(sequence === undefined ? {} : { sequence }),
        ...(boxId === undefined ? {} : { boxId }),
      };
      await file.#record(renderRecord(record));
      await syncFolder(folder);
      return file;
    } catch (error) {
      await file.abandon();
      throw error;
    }
  }

  /** Of what is complete on the disk. */
  get bytes(): number {
    return this.#completeBytes;
  }

  /** Takes a fragment; a power cut may take it before the next {@link RecordingFile.sync}. */
  append({ chunks, trackIndex, startUs, durationUs, isKeyframe }: FragmentStep): void {
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
    const entry = {
      trackIndex,
      offset: this.#completeBytes + this.#waitingBytes,
      bytes,
      crc: chunks.reduce((crc, chunk) => crc32(chunk, crc), 0),
      startUs,
      durationUs,
      isKeyframe,
    };
    this.#waiting.push({ chunks, entry });
    this.#waitingBytes += bytes;
  }

  /** Writes and syncs what was appended, then records it in the journal. */
  async sync(): Promise<readonly FragmentEntry[]> {
    const batch = this.#waiting;
    const bytes = this.#waitingBytes;
    if (batch.length === 0) return [];
    // A batch that fails is not tried again: what is behind the complete fragments is cut off.
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#isTorn = true;
    const chunks = batch.flatMap((one) => one.chunks);
    const { hidden, header } = hideBatch(chunks);
    await writeAll(this.#movie, hidden, this.#completeBytes);
    await this.#movie.datasync();
    await writeAll(this.#movie, header, this.#completeBytes);
    const fragments = batch.map(({ entry }) => entry);
    const record = renderRecord({ type: 'synced', fragments });
    await this.#movie.datasync();
    await this.#record(record);
    for (const chunk of chunks) this.#hash.update(chunk);
    this.#completeBytes += bytes;
    this.#isTorn = false;
    return fragments;
  }

  /** Syncs, writes the last record and closes; returns what was synced. */
  async finish(
    reason: string,
    hasAll: boolean,
  ): Promise<{ readonly fragments: readonly FragmentEntry[]; readonly isComplete: boolean }> {
    const isTorn = this.#isTorn;
    if (isTorn) await this.#movie.truncate(this.#completeBytes);
    const fragments = await this.sync();
    const isComplete = hasAll && this.#isWhole && !isTorn;
    const bytes = this.#completeBytes;
    const digest = isTorn ? {} : { sha256: this.#hash.digest('hex') };
    await this.#record(renderRecord({ type: 'end', isComplete, reason, bytes, ...digest }));
    await this.abandon();
    return { fragments, isComplete };
  }

  /** Closes as it is; repair will find it. Never rejects. */
  async abandon(): Promise<void> {
    for (const handle of [this.#movie, this.#journal]) await handle.close().catch(() => undefined);
  }

  /** Whether the folder's file of this name is this one; rejects where there is none. */
  async isIn(folder: string): Promise<boolean> {
    const [found, own] = [await lstat(moviePath(folder, this.name)), await this.#movie.stat()];
    return own.dev === found.dev && own.ino === found.ino;
  }

  async #record(line: string): Promise<void> {
    const bytes = Buffer.from(line);
    await writeAll(this.#journal, bytes, this.#journalOffset);
    await this.#journal.datasync();
    this.#journalOffset += bytes.length;
  }
}

/** Movie and journal under a name that is free, whatever has taken the others. */
async function createBoth(
  folder: string,
  wanted: string,
): Promise<{ readonly name: string; readonly movie: FileHandle; readonly journal: FileHandle }> {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    let movie: FileHandle | undefined;
    try {
      movie = await createInside(folder, `${name}.mp4`, MODE);
      return { name, movie, journal: await createInside(folder, `${name}.journal`, MODE) };
    } catch (error) {
      await movie?.close();
      if (movie !== undefined) await unlink(moviePath(folder, name));
      const isTaken = (error as NodeJS.ErrnoException).code === 'EEXIST';
      if (!isTaken || count === SAME_NAME_MAX) throw error;
    }
  }
}
