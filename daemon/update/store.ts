/** Versions on the disk: `versions` in the state folder, one folder each, and `state.json` that says which starts. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { access, mkdir, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../../hal/os/durable.ts';
import { ifMissing } from '../../hal/os/errors.ts';
import { runCommand } from '../../hal/os/process.ts';
import { saveFile } from '../../hal/os/save-file.ts';
import { NODE, PROGRAM, ReleaseError } from './release.ts';
import type { LineStream, Opened } from './stream.ts';
import { unpack } from './unpack.ts';
import {
  INSTALLED,
  installedOnly,
  namedIn,
  parseVersions,
  renderVersions,
  type Versions,
  writtenOver,
} from './versions.ts';

/** A slow SD card writes 200 MB in a minute. */
const SYNC_MS = 300_000;
/** A Pi loads the program in some seconds. */
const TRY_MS = 60_000;
/** Exit code of what only a change of the config file can repair. */
const CONFIG_REFUSED = 78;

export class VersionStore {
  readonly folder: string;
  readonly #program: string;
  readonly #tag: string;
  readonly #runs: string;
  readonly #config: readonly string[];

  /**
   * @param program The folder of the installed program.
   * @param runs The version that asks: one that was fetched was started by the launcher of the
   *   installed program, which may make its tag otherwise.
   * @param config Arguments that name the config file of this box, for a version that comes.
   * @throws what the file system says where there is no program.
   */
  constructor(
    stateFolder: string,
    program: string,
    runs = INSTALLED,
    config: readonly string[] = [],
  ) {
    this.folder = join(stateFolder, 'versions');
    this.#program = program;
    this.#runs = runs;
    this.#config = config;
    this.#tag = programTag(program);
  }

  get #file(): string {
    return join(this.folder, 'state.json');
  }

  folderOf(id: string): string {
    return id === INSTALLED ? this.#program : join(this.folder, id);
  }

  /** The installed program alone where it cannot be read: that is not to be saved. */
  async load(): Promise<Versions> {
    return await this.loadForChange().catch(() => installedOnly(this.#tag));
  }

  /** What a step is taken from that is saved then: rejects where it cannot be read. */
  async loadForChange(): Promise<Versions> {
    const text = (await readFile(this.#file, 'utf8').catch(ifMissing)) ?? '';
    const over = this.#runs === INSTALLED ? undefined : writtenOver(text);
    return parseVersions(text, over ?? this.#tag);
  }

  /** On the disk once it resolves; a power cut leaves what was there, or this. */
  async save(versions: Versions): Promise<void> {
    await saveFile(this.#file, renderVersions(versions));
  }

  async has(id: string): Promise<boolean> {
    return await access(join(this.folderOf(id), PROGRAM)).then(
      () => true,
      () => false,
    );
  }

  /**
   * Removes what no state names, for example of an update that was broken off; not the version that
   * runs, and nothing that the disk names. Rejects where that cannot be read.
   */
  async sweep(versions: Versions): Promise<void> {
    const onDisk = await this.loadForChange();
    const named = new Set([this.#runs, ...namedIn(versions), ...namedIn(onDisk)]);
    for (const entry of await readdir(this.folder, { withFileTypes: true }).catch(() => [])) {
      if (!entry.isDirectory() || named.has(entry.name)) continue;
      await rm(join(this.folder, entry.name), { recursive: true, force: true });
    }
  }

  async freeBytes(): Promise<number> {
    await mkdir(this.folder, { recursive: true, mode: 0o750 });
    const { bavail, bsize } = await statfs(this.folder);
    return bavail * bsize;
  }

  /** Unpacks a release beside the others; on the disk, and with its own name, once it resolves. */
  async add(stream: LineStream, opened: Opened, onProgress: (ratio: number) => void) {
    const beside = `${this.folderOf(opened.id)}.new`;
    try {
      await unpack(stream, opened, beside, onProgress);
      await syncTree(beside);
      await this.#tryProgram(beside);
      await rm(this.folderOf(opened.id), { recursive: true, force: true });
      await rename(beside, this.folderOf(opened.id));
      await syncFolder(this.folder);
    } catch (error) {
      await rm(beside, { recursive: true, force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** Another machine's program, a library that is missing, or a disk that runs none, show at once. */
  async #tryProgram(folder: string): Promise<void> {
    const run = (...args: readonly string[]) =>
      runCommand(join(folder, NODE), [join(folder, PROGRAM), ...args], { timeoutMs: TRY_MS });
    const why = await run('--version').then(
      ({ exitCode, stderr }) => (exitCode === 0 ? undefined : stderr.slice(-200)),
      (error: unknown) => String(error).slice(0, 200),
    );
    if (why !== undefined) {
      throw new ReleaseError(`the new program does not start on this machine: ${why}`);
    }
    if (this.#config.length === 0) return;
    const { exitCode, stderr } = await run('check', ...this.#config);
    // An older one may not know all of these arguments: its trial shows whether it starts.
    if (exitCode !== CONFIG_REFUSED) return;
    throw new ReleaseError(
      `the new program refuses this box’s config file: ${stderr.slice(0, 400)}`,
    );
  }

  /** When the installed program was built, as far as its file says. */
  async installedBuilt(): Promise<string> {
    return (await stat(join(this.#program, PROGRAM))).mtime.toISOString();
  }
}

/** One call for thousands of files: syncfs(2). */
async function syncTree(folder: string): Promise<void> {
  const { exitCode, stderr } = await runCommand('sync', ['-f', folder], { timeoutMs: SYNC_MS });
  if (exitCode !== 0) throw new Error(`not written to the disk: ${stderr.slice(0, 200)}`);
}

/**
 * Another one for each installed program: an update of that counts from then on. Most of a
 * program lies in other files than these, so the time of its build, of a package that of its
 * commit, is a part of it.
 */
export function programTag(program: string): string {
  const main = join(program, PROGRAM);
  return createHash('sha256')
    .update(readFileSync(main))
    .update(textOf(join(program, 'package.json')))
    .update(String(Math.floor(statSync(main).mtimeMs / 1000)))
    .digest('hex')
    .slice(0, 16);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
