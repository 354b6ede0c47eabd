/** The drop that was added to this box's list for its leader: on the disk, over restarts. */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { parseAs } from '../../hal/os/files/json.ts';
import { saveFile } from '../../hal/os/save-file.ts';

const stored = v.object({ taken: v.optional(v.pipe(v.string(), v.maxLength(64))) });

export class LeaderDropStore {
  readonly #path: string;
  #id: string | undefined;

  private constructor(path: string, id: string | undefined) {
    this.#path = path;
    this.#id = id;
  }

  /** None for a missing or damaged file. */
  static async open(path: string): Promise<LeaderDropStore> {
    const text = await readFile(path, 'utf8').catch(() => '');
    return new LeaderDropStore(path, parseAs(stored, text)?.taken);
  }

  get id(): string | undefined {
    return this.#id;
  }

  /** Rejects when the disk fails. */
  async set(id: string | undefined): Promise<void> {
    if (id === this.#id) return;
    this.#id = id;
    await saveFile(this.#path, JSON.stringify({ taken: id }));
  }
}
