/** Pictures of drops and of what is sold, from files that the host may replace while the box runs. */
import { stat } from 'node:fs/promises';
import { type Log, messageOf } from '../../../hal/os/log.ts';
import { digestOf } from '../../http/cache/digest.ts';
import { type Asset, openAsset } from '../page-assets.ts';
import { readPictureFile } from './picture-file.ts';

/** A catalogue of 20 items, and two drops. */
const PICTURES_MAX = 32;

interface Known {
  /** Of the file that was read. */
  readonly key: string;
  /** Undefined where guests cannot see it. */
  readonly path?: string;
  readonly asset?: Asset;
}

export class Pictures {
  readonly #log: Pick<Log, 'warn'>;
  #known: ReadonlyMap<string, Known> = new Map();

  constructor(log: Pick<Log, 'warn'>) {
    this.#log = log;
  }

  /** Relative to the live page; undefined where guests cannot see it. */
  pathOf(file: string | undefined): string | undefined {
    return file === undefined ? undefined : this.#known.get(file)?.path;
  }

  /** @param path With a slash before it. */
  assetAt(path: string): Asset | undefined {
    for (const known of this.#known.values()) {
      if (known.path !== undefined && `/${known.path}` === path) return known.asset;
    }
    return undefined;
  }

  /** Often: reads those of these files that are new or have changed, and forgets all others. Never rejects. */
  async refresh(files: readonly string[]): Promise<void> {
    const wanted = [...new Set(files)].slice(0, PICTURES_MAX);
    const known = await Promise.all(
      wanted.map(async (file) => [file, await this.#look(file)] as const),
    );
    this.#known = new Map(known);
  }

  async #look(file: string): Promise<Known> {
    const before = this.#known.get(file);
    const key = await stat(file).then(
      ({ mtimeMs, size, ino }) => [mtimeMs, size, ino].join(),
      () => 'gone',
    );
    if (before?.key === key) return before;
    try {
      const { ending, type, bytes } = readPictureFile(file);
      // Named by its content, so that a changed one is fetched.
      const name = digestOf([bytes]).etag.replace(/\W/g, '').slice(0, 16);
      return { key, path: `picture-${name}.${ending}`, asset: openAsset(type, bytes) };
    } catch (error) {
      this.#log.warn('picture not shown', { file, reason: messageOf(error) });
      return { key };
    }
  }
}
