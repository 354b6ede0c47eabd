/** Clips and recordings on the disks of the box: listed, opened for a download, deleted. */
import { type FileHandle, lstat, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HalError } from '../../../hal/os/errors.ts';
import { assertDirectWay, openInside } from '../../../hal/os/open-inside.ts';
import { readClipInfo } from '../../../pipelines/clips/clip-info.ts';
import { deleteClip, inOrder, listClips } from '../../../pipelines/clips/prune.ts';
import { listRecordings } from '../../../pipelines/recording/files/library.ts';
import type { Config } from '../../config/config.ts';
import type { RecordingTarget } from '../../model/snapshot.ts';

export interface ClipEntry {
  readonly id: string;
  /** Unix time in ms. */
  readonly atMs: number;
  readonly bytes: number;
  readonly durationS?: number;
  readonly label?: string;
}

export interface RecordingEntry {
  /** Of `recording.targets`. */
  readonly target: string;
  readonly name: string;
  readonly atMs: number;
  readonly bytes: number;
  /** It is being written: it can be neither fetched complete nor deleted. */
  readonly isRunning: boolean;
}

export interface LibraryList {
  /** The newest first. */
  readonly clips: readonly ClipEntry[];
  readonly recordings: readonly RecordingEntry[];
}

export interface LibraryDeps {
  readonly config: () => Pick<Config, 'clips' | 'recording'>;
  readonly stateFolder: string;
  /** As the recorders report. */
  readonly recording: () => readonly Pick<RecordingTarget, 'id' | 'phase' | 'failure'>[];
  /** Guests are shown these no more. */
  readonly forgetClips: (ids: readonly string[]) => void;
}

/** Of each disk the newest; older ones come up as these are deleted. */
const SHOWN_MAX = 500;

/** By their names, which hold the time of their start: another disk's clock may have been set since. */
const byAge = (a: RecordingEntry, b: RecordingEntry) =>
  startOf(b).localeCompare(startOf(a), 'en') || a.target.localeCompare(b.target, 'en');
const startOf = ({ name }: RecordingEntry) => /\d{8}T\d{6}\.\d{3}Z/.exec(name)?.[0] ?? name;

export class Library {
  readonly #deps: LibraryDeps;

  constructor(deps: LibraryDeps) {
    this.#deps = deps;
  }

  async list(): Promise<LibraryList> {
    const { targets } = this.#deps.config().recording;
    const onDisk = ({ id }: { readonly id: string }) => this.#recordingsOn(id).catch(() => []);
    const found = await Promise.all(targets.map(onDisk));
    const recordings = found.flat().toSorted(byAge);
    return { clips: await this.#clips(), recordings };
  }

  /** Rejects where there is no such file. */
  async openClip(id: string): Promise<FileHandle> {
    const folder = this.#clipFolder();
    await assertDirectWay(folder);
    return await openInside(folder, `clip-${id}.mp4`);
  }

  async openRecording(target: string, name: string): Promise<FileHandle> {
    return await openInside(await this.#folderOf(target), `${name}.mp4`);
  }

  async deleteClip(id: string): Promise<void> {
    await deleteClip(this.#clipFolder(), id);
    this.#deps.forgetClips([id]);
  }

  /** False for the one that is being written. Rejects with NOT_FOUND, or ENOENT, where it is not there. */
  async deleteRecording(target: string, name: string): Promise<boolean> {
    const entry = (await this.#recordingsOn(target)).find((one) => one.name === name);
    if (entry === undefined) throw new HalError('NOT_FOUND', `${name}: no such recording`);
    if (entry.isRunning) return false;
    const folder = await this.#folderOf(target);
    // The movie first: what is left of a power cut in between is found by repair.
    for (const file of [`${name}.mp4`, `${name}.journal`]) {
      await rm(join(folder, file), { force: true });
    }
    return true;
  }

  #clipFolder(): string {
    const { config, stateFolder } = this.#deps;
    return join(resolve(stateFolder, config().clips.folder), 'clips');
  }

  async #clips(): Promise<readonly ClipEntry[]> {
    if (this.#deps.config().clips.folder === '') return [];
    const folder = this.#clipFolder();
    const newest = (await listClips(folder)).toSorted(inOrder).slice(-SHOWN_MAX).reverse();
    return await Promise.all(
      newest.map(async ({ id, bytes, atMs }) => {
        const { durationS, label } = (await readClipInfo(folder, id)) ?? {};
        const length = durationS === undefined ? {} : { durationS };
        return { id, bytes, atMs, ...length, ...(label === undefined ? {} : { label }) };
      }),
    );
  }

  /** Rejects where a link on the disk itself leads to another one. */
  async #folderOf(target: string): Promise<string> {
    const { config, stateFolder } = this.#deps;
    const found = config().recording.targets.find(({ id }) => id === target);
    if (found === undefined) throw new HalError('NOT_FOUND', `${target}: no such disk`);
    const folder = resolve(stateFolder, found.folder);
    await assertDirectWay(folder);
    return folder;
  }

  /** The newest first; none where the disk is away. */
  async #recordingsOn(target: string): Promise<readonly RecordingEntry[]> {
    const folder = await this.#folderOf(target);
    const stored = await listRecordings(folder).catch(() => []);
    const { phase, failure } = this.#deps.recording().find(({ id }) => id === target) ?? {};
    // A disk that is only slow keeps its file open; any other failure has given it up.
    const isWriting = phase === 'recording' || failure === 'slow';
    const newest = stored.at(-1)?.name;
    const entries = stored.slice(-SHOWN_MAX).map(async ({ name, bytes }) => {
      const file = await lstat(join(folder, `${name}.mp4`)).catch(() => undefined);
      const isRunning = isWriting && name === newest;
      return { target, name, bytes, atMs: Math.round(file?.mtimeMs ?? 0), isRunning };
    });
    return (await Promise.all(entries)).reverse();
  }
}
