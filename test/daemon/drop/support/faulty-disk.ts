/** A disk in memory whose steps fail as a test says, and that loses its power. */
import { dirname } from 'node:path';
import type { Disk } from '../../../../hal/os/save-file.ts';

interface Inode {
  text: string;
  /** What it may hold after a power cut. */
  durable: readonly string[];
}

type Fault = 'none' | 'before' | 'half-way' | 'after';

/** Follows what a power cut may leave of each file: names and contents are durable once synced. */
export class FaultyDisk implements Disk {
  readonly #names = new Map<string, Inode>();
  /** What each name may mean after a power cut. */
  readonly #durableNames = new Map<string, readonly (Inode | undefined)[]>();
  readonly #faultOf: (step: string) => Fault;

  constructor(faultOf: (step: string) => Fault) {
    this.#faultOf = faultOf;
  }

  async mkdir(): Promise<void> {
    await this.#step('mkdir', () => undefined);
  }

  async write(path: string, text: string, flag: 'w' | 'r+'): Promise<void> {
    const isNew = flag === 'w';
    if (!isNew && !this.#names.has(path)) throw new Error('ENOENT');
    const half = text.slice(0, text.length / 2);
    const put = (written: string) => {
      const inode = this.#names.get(path) ?? { text: '', durable: [''] };
      // In place, one sector is written completely or not at all.
      const between = isNew ? ['', half] : [];
      inode.durable = [...inode.durable, ...between, written];
      inode.text = written;
      this.#setName(path, inode);
    };
    await this.#step(
      'write',
      () => {
        put(text);
        const inode = this.#names.get(path);
        if (inode !== undefined) inode.durable = [text];
      },
      () => put(isNew ? half : text),
    );
  }

  async bytesOf(path: string): Promise<number> {
    const inode = this.#names.get(path);
    if (inode === undefined) throw new Error('ENOENT');
    return inode.text.length;
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#step('rename', () => {
      const inode = this.#names.get(from);
      if (inode === undefined) throw new Error('ENOENT');
      this.#setName(to, inode);
      this.#setName(from, undefined);
    });
  }

  async remove(path: string): Promise<void> {
    await this.#step('remove', () => this.#setName(path, undefined));
  }

  async syncFolder(folder: string): Promise<void> {
    await this.#step('sync', () => {
      for (const path of this.#durableNames.keys()) {
        if (dirname(path) === folder) this.#durableNames.set(path, [this.#names.get(path)]);
      }
    });
  }

  /** All that a power cut now may leave of a file. */
  afterPowerCut(path: string): readonly (string | undefined)[] {
    const inodes = this.#durableNames.get(path) ?? [undefined];
    return inodes.flatMap<string | undefined>((inode) => inode?.durable ?? [undefined]);
  }

  async #step(name: string, work: () => void, halfWay = work): Promise<void> {
    const fault = this.#faultOf(name);
    if (fault === 'after') work();
    if (fault === 'half-way') halfWay();
    if (fault !== 'none') throw new Error(`EIO: ${name}`);
    work();
  }

  #setName(path: string, inode: Inode | undefined): void {
    const before = this.#durableNames.get(path) ?? [undefined];
    this.#durableNames.set(path, [...before, inode]);
    if (inode === undefined) this.#names.delete(path);
    else this.#names.set(path, inode);
  }
}
