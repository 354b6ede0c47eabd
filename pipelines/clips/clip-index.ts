/** The clips and previews that viewers may fetch, under `/clips/`. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileReply } from '../http/file-reply.ts';
import type { HttpRequest } from '../http/handlers.ts';
import { type Reply, refuse } from '../http/reply.ts';

const NAME = /^(?:clip|preview)-[\w-]{11}\.mp4$/;
const CLIP = /^clip-([\w-]{11})\.mp4$/;
const PATH = /^\/clips\/([\w.-]{1,40})$/;
const CLIPS_MAX = 1_000;
/** The clips process stores the files of this many. */
const PREVIEWS_MAX = 3;

/** Each file is named for its content. */
export class ClipIndex {
  readonly #movies = new Map<string, { readonly path: string; readonly bytes: number }>();

  add(movie: { readonly name: string; readonly path: string; readonly bytes: number }): void {
    this.#movies.delete(movie.name);
    this.#movies.set(movie.name, movie);
    const isClip = CLIP.test(movie.name);
    const alike = [...this.#movies.keys()].filter((name) => CLIP.test(name) === isClip);
    const max = isClip ? CLIPS_MAX : PREVIEWS_MAX;
    for (const name of alike.slice(0, -max)) this.#movies.delete(name);
  }

  /**
   * Adds what was made before a restart, the newest last; nothing where there is no folder.
   *
   * @returns the ids of the clips.
   */
  async addStored(folder: string): Promise<readonly string[]> {
    const names = (await readdir(folder).catch(() => [])).filter((found) => NAME.test(found));
    const found: { name: string; path: string; bytes: number; madeMs: number }[] = [];
    for (const name of names) {
      const path = join(folder, name);
      const file = await stat(path).catch(() => undefined);
      if (file !== undefined) found.push({ name, path, bytes: file.size, madeMs: file.mtimeMs });
    }
    const newest = found.toSorted((a, b) => a.madeMs - b.madeMs).slice(-CLIPS_MAX);
    for (const movie of newest) this.add(movie);
    return newest.flatMap(({ name }) => CLIP.exec(name)?.[1] ?? []);
  }

  /** Ids of the newest clips, the newest first. */
  newestIds(max: number): readonly string[] {
    const ids = [...this.#movies.keys()].flatMap((name) => CLIP.exec(name)?.[1] ?? []);
    return ids.slice(-max).reverse();
  }

  has(name: string): boolean {
    return this.#movies.has(name);
  }

  /** undefined for other paths. */
  answer({ path, header }: HttpRequest): Reply | undefined {
    if (!path.startsWith('/clips/')) return undefined;
    const movie = this.#movies.get(PATH.exec(path)?.[1] ?? '');
    if (movie === undefined) return refuse(404, 'no such clip');
    return fileReply(header, { ...movie, type: 'video/mp4', freshness: { kind: 'immutable' } });
  }
}
