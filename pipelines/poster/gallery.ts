import { readFile } from 'node:fs/promises';
import type { Catalogue } from '../cache/catalogue.ts';
import { type Digest, digestOf } from '../cache/digest.ts';
import { posterFreshness } from '../cache/policy.ts';
import { respond } from '../cache/respond.ts';
import type { OriginRequest } from '../hls/origin.ts';
import { type Reply, refuse } from '../hls/reply.ts';
import { chooseFormat, mediaTypeOf, type PictureFormat } from './accept.ts';
import type { Poster } from './poster.ts';

interface Held {
  readonly name: string;
  readonly format: PictureFormat;
  readonly widthPx: number;
  readonly body: Buffer;
  readonly digest: Digest;
}

const NEGOTIATED = /^\/posters\/([a-z0-9-]{1,32})-(160|320|640|1280)$/;
const NAMED = /^\/posters\/(poster-[\w-]{11}-\d{3,4}\.(?:avif|webp|jpeg))$/;
/** Files of posters that were replaced are still asked for by pages that were loaded before. */
const NAMED_MAX = 240;

/**
 * Posters in memory, made ahead; no request ever encodes one.
 *
 * - `/posters/<slot>-<width>`: the slot's newest, in the format that `Accept`
 *   prefers. A slot is `live`, or a clip's.
 * - `/posters/<name>`: one file under its immutable name.
 */
export class Gallery {
  readonly #catalogue: Catalogue;
  readonly #everyS: number;
  readonly #slots = new Map<string, readonly Held[]>();
  readonly #named = new Map<string, Held>();

  /** @param everyS How often a slot's poster is replaced. */
  constructor(catalogue: Catalogue, everyS: number) {
    this.#catalogue = catalogue;
    this.#everyS = everyS;
  }

  /** Takes a poster's files into memory. Rejects where they cannot be read. */
  async show(slot: string, poster: Poster): Promise<void> {
    const held = await Promise.all(
      poster.files.map(async ({ path, ...file }) => {
        const body = await readFile(path);
        return { ...file, body, digest: digestOf([body], this.#catalogue.epoch) };
      }),
    );
    this.#slots.set(slot, held);
    for (const file of held) {
      this.#named.set(file.name, file);
      // A format stands for its slot in the catalogue: each is another representation.
      this.#catalogue.set(`/posters/${slot}-${file.widthPx}#${file.format}`, file.digest.etag);
    }
    for (const name of this.#named.keys()) {
      if (this.#named.size <= NAMED_MAX) break;
      this.#named.delete(name);
    }
  }

  /** undefined for a path that is not here to answer. */
  answer({ path, header }: OriginRequest): Reply | undefined {
    if (!path.startsWith('/posters/')) return undefined;
    const [, name] = NAMED.exec(path) ?? [];
    const named = name === undefined ? undefined : this.#named.get(name);
    if (named !== undefined) {
      const { body, digest, format } = named;
      const freshness = { kind: 'immutable' } as const;
      return respond(header, { type: mediaTypeOf(format), body: [body], digest, freshness });
    }
    const [, slot = '', width] = NEGOTIATED.exec(path) ?? [];
    const files = this.#slots.get(slot);
    if (files === undefined) return refuse(404, 'no such poster', 5);
    return this.#negotiated(files, Number(width), header);
  }

  #negotiated(files: readonly Held[], widthPx: number, header: OriginRequest['header']): Reply {
    // A picture smaller than what was asked for is shown as large as it is.
    const widths = [...new Set(files.map((file) => file.widthPx))];
    const nearest = widths.includes(widthPx) ? widthPx : Math.max(...widths);
    const format = chooseFormat(header('accept'));
    const chosen = files.find((file) => file.widthPx === nearest && file.format === format);
    if (chosen === undefined) {
      return refuse(406, 'posters are AVIF, WebP and JPEG', 0, ['Vary', 'Accept']);
    }
    const { body, digest } = chosen;
    return respond(header, {
      type: mediaTypeOf(chosen.format),
      body: [body],
      digest,
      freshness: posterFreshness(this.#everyS),
      vary: ['Accept'],
    });
  }
}
