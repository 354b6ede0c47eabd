/** One track of the player: follows a media playlist and appends its parts to a buffer. */
import type { TrackBuffer } from './buffer.ts';
import { Interrupted } from './media-demand.ts';
import {
  isAfter,
  type MediaPlaylist,
  type PlaylistPart,
  type Position,
  parseMedia,
} from './playlist.ts';
import type { Transfer } from './rendition-choice.ts';
import { anySignal } from './signals.ts';
import { followingParts, startingParts } from './starting-parts.ts';

/** Media sequence numbers start again: what is buffered belongs to an earlier stream. */
export class StreamReset extends Error {}

export type DatedMedia = Pick<PlaylistPart, 'dateMs' | 'durationS'>;

export interface TrackEvents {
  /** A part is in the buffer. `edgeS` is where the buffer now ends. */
  readonly onPart: (part: DatedMedia, edgeS: number) => void;
  readonly onTransfer: (transfer: Transfer) => void;
  readonly onDiscontinuity: () => void;
}

/** Parts fetched at once where several are missing. */
const PARALLEL_MAX = 4;
const REQUEST_TIMEOUT_MS = 8_000;

/** A part that was asked for before the playlist had it. */
interface Prefetched {
  readonly href: string;
  readonly bytes: ArrayBuffer | undefined;
}

/**
 * At any time one blocking playlist reload and one request for the hinted part
 * are pending, so that a part arrives one network trip after it exists.
 */
export class LiveTrack {
  readonly #buffer: TrackBuffer;
  readonly #events: TrackEvents;
  #playlistUrl: URL;
  #nextUrl: URL | undefined;
  #last: Position | undefined;
  #attempt = new AbortController();

  constructor(playlistUrl: URL, buffer: TrackBuffer, events: TrackEvents) {
    this.#playlistUrl = playlistUrl;
    this.#buffer = buffer;
    this.#events = events;
  }

  /** Plays another rendition from the next segment on. */
  switchTo(playlistUrl: URL): void {
    this.#nextUrl = playlistUrl.href === this.#playlistUrl.href ? undefined : playlistUrl;
  }

  /** Fetches again from the newest key frame on: the browser has removed what was buffered. */
  refill(): void {
    this.#buffer.endDateMs = undefined;
    this.#attempt.abort(new Interrupted('refilled'));
  }

  /**
   * Runs until the stream ends (resolves) or a request fails (rejects; the
   * caller runs it again, from the live edge).
   */
  async run(until: AbortSignal): Promise<void> {
    this.#attempt = new AbortController();
    const signal = anySignal(until, this.#attempt.signal);
    this.#playlistUrl = this.#nextUrl ?? this.#playlistUrl;
    this.#nextUrl = undefined;
    let playlist = await this.#fetchPlaylist('', signal);
    const { hint } = playlist;
    if (hint !== undefined && this.#last !== undefined && hint.msn < this.#last.msn) {
      throw new StreamReset();
    }
    const following = followingParts(playlist, this.#buffer, (uri) => this.#hrefOf(uri));
    this.#last = following?.last;
    await this.#appendAll(following?.parts ?? startingParts(playlist), signal);
    while (!playlist.isEnded && playlist.hint !== undefined) {
      const { hint } = playlist;
      const url = new URL(hint.uri, this.#playlistUrl);
      const isFirst = hint.part === 0;
      if (isFirst && this.#nextUrl !== undefined) {
        playlist = await this.#switch(hint, signal);
        continue;
      }
      const hinted = new Fetches();
      const prefetch = hinted.fetch(url, signal).then(
        (bytes) => {
          this.#report(hinted);
          return bytes;
        },
        (error: unknown) => {
          if (signal.aborted) throw error;
          return undefined;
        },
      );
      const query = `?_HLS_msn=${hint.msn}&_HLS_part=${hint.part}&_HLS_skip=YES`;
      const [bytes, next] = await Promise.all([prefetch, this.#fetchPlaylist(query, signal)]);
      playlist = next;
      await this.#appendNew(playlist, signal, { href: url.href, bytes });
    }
  }

  /**
   * Appends parts in order, and fetches several at once: where parts are short, or the network is
   * uneven, one after the other would take longer than they play.
   */
  async #appendAll(
    parts: readonly PlaylistPart[],
    signal: AbortSignal,
    prefetched?: Prefetched,
  ): Promise<void> {
    for (let i = 0; i < parts.length; i += PARALLEL_MAX) {
      const batch = parts.slice(i, i + PARALLEL_MAX);
      const fetches = new Fetches();
      const fetched = batch.map((part) => this.#bytesOf(part, fetches, signal, prefetched));
      // The first failure ends this; later ones are ignored.
      for (const bytes of fetched) bytes.catch(() => undefined);
      for (const [j, part] of batch.entries()) await this.#append(part, await fetched[j], signal);
      this.#report(fetches);
    }
  }

  /** Undefined for a gap. */
  async #bytesOf(
    { uri, isGap }: PlaylistPart,
    fetches: Fetches,
    signal: AbortSignal,
    prefetched: Prefetched | undefined,
  ): Promise<ArrayBuffer | undefined> {
    if (isGap) return undefined;
    const url = new URL(uri, this.#playlistUrl);
    const isFetched = url.href === prefetched?.href && prefetched.bytes !== undefined;
    return isFetched ? prefetched.bytes : await fetches.fetch(url, signal);
  }

  /** Appends all parts that the playlist lists after the last appended one. */
  async #appendNew(
    { parts }: MediaPlaylist,
    signal: AbortSignal,
    prefetched?: Prefetched,
  ): Promise<void> {
    const last = this.#last;
    const isNew = (part: PlaylistPart) => last === undefined || isAfter(part, last);
    await this.#appendAll(parts.filter(isNew), signal, prefetched);
  }

  /** Continues with the other rendition from part `at` on. */
  async #switch(at: Position, signal: AbortSignal): Promise<MediaPlaylist> {
    this.#playlistUrl = this.#nextUrl ?? this.#playlistUrl;
    this.#nextUrl = undefined;
    const query = `?_HLS_msn=${at.msn}&_HLS_part=${at.part}&_HLS_skip=YES`;
    const playlist = await this.#fetchPlaylist(query, signal);
    await this.#appendNew(playlist, signal);
    return playlist;
  }

  async #append(
    part: PlaylistPart,
    bytes: ArrayBuffer | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (bytes === undefined) {
      this.#last = part;
      this.#events.onDiscontinuity();
      return;
    }
    await this.#appendInit(part, signal);
    signal.throwIfAborted();
    await this.#buffer.append(bytes);
    this.#last = part;
    const { dateMs, durationS } = part;
    this.#buffer.endDateMs = dateMs === undefined ? undefined : dateMs + durationS * 1_000;
    this.#events.onPart(part, this.#buffer.ranges.at(-1)?.[1] ?? 0);
  }

  async #appendInit({ initUri }: PlaylistPart, signal: AbortSignal): Promise<void> {
    const url = this.#hrefOf(initUri ?? '');
    if (initUri === undefined || url === this.#buffer.initUrl) return;
    const bytes = await new Fetches().fetch(new URL(url), signal);
    signal.throwIfAborted();
    await this.#buffer.append(bytes);
    this.#buffer.initUrl = url;
  }

  #hrefOf(uri: string): string {
    return new URL(uri, this.#playlistUrl).href;
  }

  async #fetchPlaylist(query: string, signal: AbortSignal): Promise<MediaPlaylist> {
    const response = await request(new URL(query, this.#playlistUrl), signal);
    return parseMedia(await response.text());
  }

  #report({ bytes, beginMs, endMs }: Fetches): void {
    if (bytes > 0) this.#events.onTransfer({ bytes, ms: endMs - beginMs });
  }
}

/** Parts that are fetched at once share the line: together they say how fast it is. */
class Fetches {
  bytes = 0;
  /** Of the first byte of any. */
  beginMs = Number.POSITIVE_INFINITY;
  endMs = 0;

  async fetch(url: URL, signal: AbortSignal): Promise<ArrayBuffer> {
    const response = await request(url, signal);
    this.beginMs = Math.min(this.beginMs, performance.now());
    const body = await response.arrayBuffer();
    this.bytes += body.byteLength;
    this.endMs = performance.now();
    return body;
  }
}

async function request(url: URL, signal: AbortSignal): Promise<Response> {
  const ends = anySignal(signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS));
  const response = await fetch(url, { signal: ends });
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status}`);
  return response;
}
