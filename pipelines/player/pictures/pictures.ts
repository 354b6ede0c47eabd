/** Pictures of drops and of what is sold, from files that the host may replace while the box runs. */
import { stat } from 'node:fs/promises';
import { type Log, messageOf } from '../../../hal/os/log.ts';
import { type Digest, digestOf } from '../../http/cache/digest.ts';
import type { HeaderLookup } from '../../http/negotiate.ts';
import type { Reply } from '../../http/reply.ts';
import { respond } from '../../http/respond.ts';
import { SECURITY_HEADERS } from '../page-assets.ts';
import { readPictureFile } from './picture-file.ts';

/** A catalogue of 20 items, and two drops. */
const PICTURES_MAX = 32;

export interface WantedPicture {
  readonly file: string;
  readonly maxBytes: number;
}

interface Picture {
  /** Relative to the live page. */
  readonly path: string;
  readonly type: string;
  readonly bytes: Buffer;
  readonly digest: Digest;
}

interface Known {
  /** Of the file that was read. */
  readonly key: string;
  /** Undefined where guests cannot see it. */
  readonly picture?: Picture;
}

export class Pictures {
  readonly #log: Pick<Log, 'warn'>;
  #known: ReadonlyMap<string, Known> = new Map();
  /** Looks, and the last of them that {@link #known} is of: an earlier one may take longer. */
  #begun = 0;
  #shown = 0;

  constructor(log: Pick<Log, 'warn'>) {
    this.#log = log;
  }

  /** Relative to the live page; undefined where guests cannot see it. */
  pathOf(file: string | undefined): string | undefined {
    return this.find(file)?.path;
  }

  /** As it was read; undefined where guests cannot see it. */
  find(file: string | undefined): Pick<Picture, 'path' | 'bytes'> | undefined {
    return file === undefined ? undefined : this.#known.get(file)?.picture;
  }

  /** By path. */
  get etags(): ReadonlyMap<string, string> {
    const pictures = [...this.#known.values()].flatMap(({ picture }) => picture ?? []);
    return new Map(pictures.map(({ path, digest }) => [`/${path}`, digest.etag]));
  }

  /** Undefined for another path. Its name is that of its content: caches may keep it for ever. */
  readonly answer = (path: string, header: HeaderLookup): Reply | undefined => {
    for (const { picture } of this.#known.values()) {
      if (picture === undefined || `/${picture.path}` !== path) continue;
      const { type, bytes, digest } = picture;
      const freshness = { kind: 'immutable' } as const;
      const reply = respond(header, { type, body: [bytes], digest, freshness });
      return { ...reply, headers: [...reply.headers, ...SECURITY_HEADERS] };
    }
    return undefined;
  };

  /** Often: reads those of these files that are new or have changed, and forgets all others. Never rejects. */
  async refresh(wanted: readonly WantedPicture[]): Promise<void> {
    this.#begun += 1;
    const number = this.#begun;
    const byFile = new Map(wanted.map((one) => [one.file, one]));
    const known = await Promise.all(
      [...byFile.values()]
        .slice(0, PICTURES_MAX)
        .map(async (one) => [one.file, await this.#look(one)] as const),
    );
    if (number < this.#shown) return;
    this.#shown = number;
    this.#known = new Map(known);
  }

  async #look({ file, maxBytes }: WantedPicture): Promise<Known> {
    const before = this.#known.get(file);
    const key = await stat(file).then(
      ({ mtimeMs, size, ino }) => [mtimeMs, size, ino, maxBytes].join(),
      () => 'gone',
    );
    if (before?.key === key) return before;
    try {
      const { ending, type, bytes } = readPictureFile(file, maxBytes);
      const digest = digestOf([bytes]);
      // Named by its content, so that a changed one is fetched.
      const name = digest.etag.replace(/\W/g, '').slice(0, 16);
      return { key, picture: { path: `picture-${name}.${ending}`, type, bytes, digest } };
    } catch (error) {
      this.#log.warn('picture not shown', { file, reason: messageOf(error) });
      return { key };
    }
  }
}
