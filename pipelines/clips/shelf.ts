import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileReply } from '../files/reply.ts';
import type { OriginRequest } from '../hls/origin.ts';
import { type Reply, refuse } from '../hls/reply.ts';

const NAME = /^(?:clip|preview)-[\w-]{11}\.mp4$/;
const PATH = /^\/clips\/([\w.-]{1,40})$/;
const MOVIES_MAX = 1_000;

/** The clips and previews that viewers may fetch, under `/clips/`; each name is its content's. */
export class Shelf {
  readonly #movies = new Map<string, { readonly path: string; readonly bytes: number }>();

  put(movie: { readonly name: string; readonly path: string; readonly bytes: number }): void {
    this.#movies.delete(movie.name);
    this.#movies.set(movie.name, movie);
    const oldest = this.#movies.keys().next().value;
    if (this.#movies.size > MOVIES_MAX && oldest !== undefined) this.#movies.delete(oldest);
  }

  /** What was made before a restart. A folder that is not there holds nothing. */
  async putStored(folder: string): Promise<void> {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((found) => NAME.test(found))) {
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found !== undefined) this.put({ name, path, bytes: found.size });
    }
  }

  has(name: string): boolean {
    return this.#movies.has(name);
  }

  /** undefined for a path that is not here to answer. */
  answer({ path, header }: OriginRequest): Reply | undefined {
    if (!path.startsWith('/clips/')) return undefined;
    const movie = this.#movies.get(PATH.exec(path)?.[1] ?? '');
    if (movie === undefined) return refuse(404, 'no such clip', 5);
    return fileReply(header, { ...movie, type: 'video/mp4', freshness: { kind: 'immutable' } });
  }
}
