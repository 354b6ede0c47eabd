/** The file with the coming drops: read again once it has changed, and edited in turn. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { errnoOf } from '../../hal/os/errors.ts';
import { CONFIG_BYTES_MAX, readRegular } from '../../hal/os/files/read-regular.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { saveFile } from '../../hal/os/save-file.ts';
import { type DropList, type LinkHosts, parseDropList } from '../config/drop-list/parse.ts';

/** Why a drop cannot be added. */
export const IS_FULL = 'the list would be too long: remove old drops first';

const EMPTY: DropList = { drops: [], faults: [] };

export class ListFile {
  readonly path: string;
  readonly #hosts: LinkHosts;
  readonly #log: Log;
  #list = EMPTY;
  /** Of the file that was read last. */
  #key = '';
  #onRead: () => void = () => undefined;
  #editing: Promise<unknown> = Promise.resolve();

  constructor(path: string, hosts: LinkHosts, log: Log) {
    this.path = path;
    this.#hosts = hosts;
    this.#log = log;
  }

  /** Called after each reading. */
  follow(onRead: () => void): void {
    this.#onRead = onRead;
  }

  get list(): DropList {
    return this.#list;
  }

  /** Often: reads the file where it is another one than before. Never rejects. */
  async refresh(): Promise<void> {
    const key = await this.#keyNow();
    if (key === this.#key) return;
    this.#key = key;
    this.#read();
  }

  /**
   * Changes the text of the file; one edit after the other.
   *
   * @param change Returns the new text, or why there is none.
   * @param isDryRun It is only looked whether there would be one.
   */
  edit(
    change: (text: string) => { readonly text: string } | { readonly fault: string },
    isDryRun = false,
  ): Promise<{ readonly fault?: string }> {
    const work = this.#editing.then(async () => {
      try {
        const edited = change(this.#text());
        if ('fault' in edited) return edited;
        if (Buffer.byteLength(edited.text) > CONFIG_BYTES_MAX) {
          return { fault: IS_FULL };
        }
        if (isDryRun) return {};
        await saveFile(this.path, edited.text);
        this.#key = await this.#keyNow();
        this.#read();
        return {};
      } catch (error) {
        return { fault: messageOf(error) };
      }
    });
    this.#editing = work;
    return work;
  }

  /** An edit that has begun is on the disk. */
  async settled(): Promise<void> {
    await this.#editing;
  }

  /** Hosts and destinations that there are now may not have been. */
  async #keyNow(): Promise<string> {
    const { checkout, overlay, destinations = [] } = this.#hosts;
    return [await keyOf(this.path), ...checkout, '', ...overlay, '', ...destinations].join(' ');
  }

  #text(): string {
    try {
      return readRegular(this.path, CONFIG_BYTES_MAX).toString();
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return '';
      throw error;
    }
  }

  #read(): void {
    const source = basename(this.path);
    try {
      const text = readRegular(this.path, CONFIG_BYTES_MAX).toString();
      this.#list = parseDropList(source, text, this.#hosts);
    } catch (error) {
      const isGone = errnoOf(error) === 'ENOENT';
      // What was read before is better than nothing.
      this.#list = isGone
        ? EMPTY
        : { ...this.#list, faults: [`${source}: cannot be read: ${messageOf(error)}`] };
    }
    const { drops, faults } = this.#list;
    this.#log.info('list of drops read', { drops: drops.length, faults: faults.length });
    for (const fault of faults) this.#log.warn('drop of the list not used', { fault });
    this.#onRead();
  }
}

/** Changes with the file; empty where there is none. */
async function keyOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return [mtimeMs, size, ino].join();
  } catch (error) {
    return errnoOf(error) === 'ENOENT' ? '' : messageOf(error);
  }
}
