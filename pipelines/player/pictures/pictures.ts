/** Pictures of drops and of what is sold, from files that the host may replace while the box runs. */
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { turns } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import { type Log, messageOf } from '../../../hal/os/log.ts';
import { digestOf } from '../../http/cache/digest.ts';
import type { HeaderLookup } from '../../http/negotiate.ts';
import type { Reply } from '../../http/reply.ts';
import { PictureError, readPictureFile, SOURCE_BYTES_MAX } from './picture-file.ts';
import { answerPicture, etagsOf, type ServedPicture } from './served-picture.ts';

/** A catalogue of 20 items, and two drops. */
const PICTURES_MAX = 32;
/** What had no time, memory or disk may have them again. */
const RETRY_MS = 60_000;

export interface PictureSize {
  readonly maxBytes: number;
  /** Of the longer side, in a picture that has too many bytes. */
  readonly sidePx: number;
}

export interface WantedPicture extends PictureSize {
  readonly file: string;
}

export interface PicturesDeps {
  /** A JPEG of a file that is too large. Rejects, with PictureError where that is for ever. */
  readonly shrink: (file: string, size: PictureSize, signal: AbortSignal) => Promise<Buffer>;
  /** One that was too large is there now. */
  readonly onShrunk: () => void;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly log: Pick<Log, 'warn'>;
  readonly signal: AbortSignal;
}

interface Known {
  /** Of the file that was read. */
  readonly key: string;
  /** Undefined where guests cannot see it, or not yet. */
  picture?: ServedPicture;
  /** Monotonic: it could not be made smaller, and then may be. */
  retryAtMs?: number;
}

export class Pictures {
  readonly #deps: PicturesDeps;
  readonly #inTurn = turns();
  /** Files that are too large, whether they are made smaller by now or not. */
  readonly #large = new Map<string, Known>();
  #known: ReadonlyMap<string, Known> = new Map();
  /** Looks, and the last of them that {@link #known} is of: an earlier one may take longer. */
  #begun = 0;
  #shown = 0;

  constructor(deps: PicturesDeps) {
    this.#deps = deps;
  }

  /** Relative to the live page; undefined where guests cannot see it. */
  pathOf(file: string | undefined): string | undefined {
    return this.find(file)?.path;
  }

  /** As it was read; undefined where guests cannot see it. */
  find(file: string | undefined): Pick<ServedPicture, 'path' | 'bytes'> | undefined {
    return file === undefined ? undefined : this.#known.get(file)?.picture;
  }

  get etags(): ReadonlyMap<string, string> {
    return etagsOf(this.#served());
  }

  readonly answer = (path: string, header: HeaderLookup): Reply | undefined =>
    answerPicture(this.#served(), path, header);

  #served(): readonly ServedPicture[] {
    return [...this.#known.values()].flatMap(({ picture }) => picture ?? []);
  }

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
    for (const file of this.#large.keys()) if (!byFile.has(file)) this.#large.delete(file);
    if (number < this.#shown) return;
    this.#shown = number;
    this.#known = new Map(known);
  }

  async #look({ file, ...size }: WantedPicture): Promise<Known> {
    const before = this.#known.get(file);
    const found = await stat(file).catch(() => undefined);
    const key = keyOf(found, size);
    if (before?.key === key && !this.#isDue(before)) return before;
    try {
      if (isTooLarge(found, size)) return this.#shrink(file, size, key);
      const { ending, type, bytes } = readPictureFile(file, size.maxBytes);
      return { key, picture: pictureOf(ending, type, bytes) };
    } catch (error) {
      this.#warn(file, error);
      return { key };
    }
  }

  /** Guests see it once it is small enough. */
  #shrink(file: string, size: PictureSize, key: string): Known {
    const { shrink, onShrunk, clock, signal } = this.#deps;
    const before = this.#large.get(file);
    if (before?.key === key && !this.#isDue(before)) return before;
    const known: Known = { key };
    this.#large.set(file, known);
    this.#inTurn(async () => {
      if (signal.aborted) return;
      known.picture = pictureOf('jpg', 'image/jpeg', await shrink(file, size, signal));
      onShrunk();
    }).catch((error: unknown) => {
      if (!(error instanceof PictureError)) known.retryAtMs = clock.monotonicMs() + RETRY_MS;
      this.#warn(file, error);
    });
    return known;
  }

  #isDue({ retryAtMs = Number.POSITIVE_INFINITY }: Known): boolean {
    return this.#deps.clock.monotonicMs() >= retryAtMs;
  }

  #warn(file: string, error: unknown): void {
    const { log, signal } = this.#deps;
    if (!signal.aborted) log.warn('picture not shown', { file, reason: messageOf(error) });
  }
}

function keyOf(found: Stats | undefined, { maxBytes }: PictureSize): string {
  return found === undefined ? 'gone' : [found.mtimeMs, found.size, found.ino, maxBytes].join();
}

function isTooLarge(found: Stats | undefined, { maxBytes }: PictureSize): boolean {
  return found?.isFile() === true && found.size > maxBytes && found.size <= SOURCE_BYTES_MAX;
}

/** Named by its content, so that a changed one is fetched. */
function pictureOf(ending: string, type: string, bytes: Buffer): ServedPicture {
  const digest = digestOf([bytes]);
  const name = digest.etag.replace(/\W/g, '').slice(0, 16);
  return { path: `picture-${name}.${ending}`, type, bytes, digest };
}
