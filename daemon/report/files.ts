/** The files of past drops, one for each. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { knownOf } from '../../hal/os/files/known-keys.ts';
import { readRegular } from '../../hal/os/files/read-regular.ts';
import { saveFile } from '../../hal/os/save-file.ts';
import { type DropRecord, recordSchema } from './record.ts';

/** Two years of weekends; some 60 KB each. */
export const FILES_MAX = 200;
const FILE_BYTES_MAX = 4 * 1024 * 1024;

const NAME = /^([\w-]{1,64})\.json$/;

export class RecordFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The ids that have a file; by name, which is their time. */
  async ids(): Promise<readonly string[]> {
    await mkdir(this.#folder, { recursive: true });
    const names = await readdir(this.#folder);
    return names.flatMap((name) => NAME.exec(name)?.[1] ?? []).toSorted();
  }

  /** @throws what is wrong with the file */
  read(id: string): DropRecord {
    const text = readRegular(this.#path(id), FILE_BYTES_MAX).toString();
    return v.parse(recordSchema, knownOf(recordSchema, JSON.parse(text)));
  }

  async save(record: DropRecord): Promise<void> {
    await saveFile(this.#path(record.drop), JSON.stringify(record));
  }

  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
