/** The clips and previews that viewers may fetch, under `/clips/`. */
import { join } from 'node:path';
import type { Catalogue } from '../http/cache/catalogue.ts';
import { fileReply } from '../http/file-reply.ts';
import type { HttpRequest } from '../http/handlers.ts';
import { type Reply, refuse } from '../http/reply.ts';
import { type ClipInfo, readClipInfo } from './clip-info.ts';
import { CLIP, inOrder, listClips } from './prune.ts';

const PATH = /^\/clips\/([\w.-]{1,40})$/;
const CLIPS_MAX = 1_000;
/** The clips process stores the files of this many. */
const PREVIEWS_MAX = 3;

/** What is known of a clip; less of one that an older box made. */
export type IndexedClip = { readonly id: string } & Partial<ClipInfo>;

interface IndexedMovie {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** Of a clip. */
  readonly info?: ClipInfo;
}

/** Each file is named for its content. */
export class ClipIndex {
  readonly #movies = new Map<string, IndexedMovie>();
  readonly #catalogue: Pick<Catalogue, 'set' | 'delete'> | undefined;
  #lastNumber = { dropId: '', number: 0 };

  /** @param catalogue Lists what may be fetched. */
  constructor(catalogue?: Pick<Catalogue, 'set' | 'delete'>) {
    this.#catalogue = catalogue;
  }

  add(movie: IndexedMovie): void {
    this.#movies.delete(movie.name);
    this.#movies.set(movie.name, movie);
    this.#catalogue?.set(`/clips/${movie.name}`, etagOf(movie.name));
    const isClip = CLIP.test(movie.name);
    const alike = [...this.#movies.keys()].filter((name) => CLIP.test(name) === isClip);
    const max = isClip ? CLIPS_MAX : PREVIEWS_MAX;
    for (const name of alike.slice(0, -max)) {
      this.#movies.delete(name);
      this.#catalogue?.delete(`/clips/${name}`);
    }
  }

  /**
   * Adds what was made before a restart, the newest last; nothing where there is no folder.
   *
   * @returns the ids of the clips.
   */
  async addStored(folder: string): Promise<readonly string[]> {
    const newest = (await listClips(folder)).toSorted(inOrder).slice(-CLIPS_MAX);
    for (const { id, bytes } of newest) {
      const info = await readClipInfo(folder, id);
      const name = `clip-${id}.mp4`;
      this.add({ name, path: join(folder, name), bytes, ...(info && { info }) });
    }
    return newest.map(({ id }) => id);
  }

  /** It was deleted. */
  remove(clipId: string): void {
    const name = `clip-${clipId}.mp4`;
    this.#movies.delete(name);
    this.#catalogue?.delete(`/clips/${name}`);
  }

  /** Path of the newest preview of the stream; undefined where there is none. */
  get preview(): string | undefined {
    const name = [...this.#movies.keys()].findLast((one) => !CLIP.test(one));
    return name === undefined ? undefined : `/clips/${name}`;
  }

  /** The newest clips, the newest first. @param sinceMs Those marked before are left out. */
  newest(max: number, sinceMs: number): readonly IndexedClip[] {
    const clips = [...this.#movies.values()].flatMap(({ name, info }) => {
      const [, id] = CLIP.exec(name) ?? [];
      return id === undefined || (info?.atMs ?? 0) < sinceMs ? [] : [{ id, ...info }];
    });
    return clips.slice(-max).reverse();
  }

  /**
   * For the next clip of a drop: one that is deleted, or fails, leaves its number to no other, until
   * the process is started again: then numbers go on after the newest clip that is left.
   */
  nextNumber(dropId: string): number {
    const stored = [...this.#movies.values()].map(({ info }) =>
      info?.ofDrop?.dropId === dropId ? info.ofDrop.number : 0,
    );
    const last = this.#lastNumber.dropId === dropId ? this.#lastNumber.number : 0;
    this.#lastNumber = { dropId, number: Math.max(last, ...stored) + 1 };
    return this.#lastNumber.number;
  }

  /** Undefined where there is no such clip. */
  clip(id: string): IndexedClip | undefined {
    const movie = this.#movies.get(`clip-${id}.mp4`);
    return movie && { id, ...movie.info };
  }

  /** undefined for other paths. */
  answer({ path, header }: HttpRequest): Reply | undefined {
    if (!path.startsWith('/clips/')) return undefined;
    const movie = this.#movies.get(PATH.exec(path)?.[1] ?? '');
    if (movie === undefined) return refuse(404, 'no such clip');
    const freshness = { kind: 'immutable' } as const;
    return fileReply(header, { ...movie, type: 'video/mp4', freshness, etag: etagOf(movie.name) });
  }
}

/** Named for its content: 11 characters of its SHA-256, which are the ETag too. */
function etagOf(name: string): string {
  return `"${name.slice(-'.mp4'.length - 11, -'.mp4'.length)}"`;
}
