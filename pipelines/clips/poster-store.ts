/** Serves posters in the format and size that a browser asks for. */
import { basename, dirname } from 'node:path';
import { readInside } from '../../hal/os/open-inside.ts';
import type { Freshness } from '../http/cache/cache-control.ts';
import type { Catalogue } from '../http/cache/catalogue.ts';
import { type Digest, digestFrom } from '../http/cache/digest.ts';
import type { HttpRequest } from '../http/handlers.ts';
import { type Reply, refuse } from '../http/reply.ts';
import { type Representation, respond } from '../http/respond.ts';
import { chooseFormat, mediaTypeOf, type PictureFormat } from './accept.ts';
import type { Poster, PosterFile } from './poster.ts';

interface ServedPoster {
  readonly name: string;
  readonly format: PictureFormat;
  readonly widthPx: number;
  readonly body: Representation['body'];
  readonly digest: Digest;
}

const NEGOTIATED = /^\/posters\/([a-z0-9-]{1,32})-(160|320|640|1280)$/;
const NAMED = /^\/posters\/(poster-[\w-]{11}-\d{3,4}\.(?:avif|webp|jpeg))$/;
/** Pages that are open still ask for live files that were replaced. */
const LIVE_FILES_MAX = 240;
/** As many as the clips of the index. */
const CLIPS_MAX = 1_000;

/**
 * No request encodes a poster. Live ones are in memory, as every viewer asks for them; a
 * clip's are sent from its folder.
 *
 * - `/posters/<slot>-<width>`: the slot's newest, in the format that `Accept`
 *   prefers. A slot is `live`, or a clip's.
 * - `/posters/<name>`: one file under its immutable name.
 */
export class PosterStore {
  readonly #catalogue: Catalogue;
  readonly #everyS: number;
  readonly #slots = new Map<string, readonly ServedPoster[]>();
  readonly #named = new Map<string, ServedPoster>();
  /** Oldest first. */
  readonly #liveNames = new Set<string>();
  readonly #clips = new Set<string>();

  /** @param everyS How often the live poster is replaced. */
  constructor(catalogue: Catalogue, everyS: number) {
    this.#catalogue = catalogue;
    this.#everyS = everyS;
  }

  /** The widths that a slot has, smallest first. */
  widthsPx(slot: string): readonly number[] {
    const widths = new Set(this.#slots.get(slot)?.map(({ widthPx }) => widthPx));
    return [...widths].sort((a, b) => a - b);
  }

  /** Takes the live poster's files into memory. Rejects where they cannot be read. */
  async setLive(poster: Poster): Promise<void> {
    const files = await Promise.all(
      poster.files.map(async ({ path, bytes, ...file }) => {
        const body = await readInside(dirname(path), basename(path), bytes);
        return this.#serve(file, [body]);
      }),
    );
    this.#set('live', files);
    for (const { name } of files) {
      this.#liveNames.delete(name);
      this.#liveNames.add(name);
    }
    for (const name of this.#liveNames) {
      if (this.#liveNames.size <= LIVE_FILES_MAX) break;
      this.#liveNames.delete(name);
      this.#named.delete(name);
    }
  }

  /** Serves a clip's poster from its files. */
  setClip(slot: string, poster: Poster): void {
    this.#set(
      slot,
      poster.files.map(({ path, bytes, ...file }) => this.#serve(file, { path, bytes })),
    );
    this.#clips.delete(slot);
    this.#clips.add(slot);
    const [oldest] = this.#clips;
    if (this.#clips.size <= CLIPS_MAX || oldest === undefined) return;
    for (const { name } of this.#slots.get(oldest) ?? []) this.#named.delete(name);
    this.#slots.delete(oldest);
    this.#clips.delete(oldest);
  }

  /** A clip was deleted. */
  removeClip(slot: string): void {
    for (const { name, widthPx, format } of this.#slots.get(slot) ?? []) {
      this.#named.delete(name);
      this.#catalogue.delete(`/posters/${slot}-${widthPx}#${format}`);
    }
    this.#slots.delete(slot);
    this.#clips.delete(slot);
  }

  #serve(
    { name, format, widthPx, sha256 }: Omit<PosterFile, 'path' | 'bytes'>,
    body: ServedPoster['body'],
  ): ServedPoster {
    const digest = digestFrom(Buffer.from(sha256, 'base64'));
    return { name, format, widthPx, body, digest };
  }

  #set(slot: string, files: readonly ServedPoster[]): void {
    this.#slots.set(slot, files);
    for (const file of files) {
      this.#named.set(file.name, file);
      // Each format is a representation of its own in the catalogue.
      this.#catalogue.set(`/posters/${slot}-${file.widthPx}#${file.format}`, file.digest.etag);
    }
  }

  /** undefined for other paths. */
  answer({ path, header }: HttpRequest): Reply | undefined {
    if (!path.startsWith('/posters/')) return undefined;
    const [, name] = NAMED.exec(path) ?? [];
    const named = name === undefined ? undefined : this.#named.get(name);
    if (named !== undefined) {
      const { body, digest, format } = named;
      const freshness = { kind: 'immutable' } as const;
      return respond(header, { type: mediaTypeOf(format), body, digest, freshness });
    }
    const [, slot = '', width] = NEGOTIATED.exec(path) ?? [];
    const files = this.#slots.get(slot);
    if (files === undefined) return refuse(404, 'no such poster');
    return this.#negotiated(files, Number(width), header);
  }

  #negotiated(
    files: readonly ServedPoster[],
    widthPx: number,
    header: HttpRequest['header'],
  ): Reply {
    // Where the picture is smaller than the width requested, its own width is sent.
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
      body,
      digest,
      freshness: posterFreshness(this.#everyS),
      vary: ['Accept'],
    });
  }
}

/** Under a stable name a poster is as old as its schedule; up to a day where the box is away. */
export function posterFreshness(everyS: number): Freshness {
  return {
    kind: 'window',
    maxAgeS: everyS,
    staleWhileRevalidateS: 4 * everyS,
    staleIfErrorS: 86_400,
  };
}
