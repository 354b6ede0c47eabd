/** One track of the player: follows a media playlist and appends its parts to a buffer. */
import type { TrackBuffer } from './buffer.ts';
import { Fetches, type Prefetched, request } from './fetches.ts';
import { Interrupted } from './media-demand.ts';
import {
  followingParts,
  hintedPart,
  type NextPart,
  partAfter,
  startingParts,
} from './next-parts.ts';
import {
  isAfter,
  type MediaPlaylist,
  type PlaylistPart,
  type Position,
  parseMedia,
} from './playlist.ts';
import type { Transfer } from './rendition-choice.ts';
import { anySignal, within } from './signals.ts';

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
/** After one that took longer than this many parts there may be several: the playlist says. */
const LATE_PARTS = 1.5;
/** One that has not come after this many parts stands still, or has another name: the playlist says. */
const HELD_PARTS = 2;

/**
 * At any time the request for the next part is pending, so that it arrives one network trip after
 * it exists. Its playlist is asked for at the same time where it may say more than is expected:
 * once a segment, not once a part, so a guest is half as many requests, and on a line that loses
 * packets half as often late.
 */
export class LiveTrack {
  readonly #buffer: TrackBuffer;
  readonly #events: TrackEvents;
  #playlistUrl: URL;
  #nextUrl: URL | undefined;
  #last: PlaylistPart | undefined;
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
    let next = hintedPart(playlist, this.#last);
    let askedMs = performance.now();
    while (next !== undefined) {
      if (next.part === 0 && this.#nextUrl !== undefined) {
        playlist = await this.#switch(next, signal);
        next = hintedPart(playlist, this.#last);
        continue;
      }
      const { expected } = next;
      const tookS = (performance.now() - askedMs) / 1_000;
      askedMs = performance.now();
      const prefetched = this.#prefetch(next, signal);
      const isLate = tookS > LATE_PARTS * (this.#last?.durationS ?? 0);
      const isKnown = expected !== undefined && !isLate;
      if (isKnown && (await this.#appendExpected(expected, prefetched, signal))) {
        next = partAfter(playlist, expected);
        continue;
      }
      playlist = await this.#appendListed(next.reload, prefetched, signal);
      next = hintedPart(playlist, this.#last);
    }
  }

  /** Without bytes where the request fails: it may not come, or not under this name. */
  async #prefetch({ uri }: NextPart, signal: AbortSignal): Promise<Prefetched> {
    const url = new URL(uri, this.#playlistUrl);
    const fetches = new Fetches();
    try {
      const bytes = await fetches.fetch(url, signal);
      this.#report(fetches);
      return { href: url.href, bytes };
    } catch (error) {
      if (signal.aborted) throw error;
      return { href: url.href, bytes: undefined };
    }
  }

  /** @returns false where it does not come, or is a gap: then the playlist says what comes instead. */
  async #appendExpected(
    part: PlaylistPart,
    prefetched: Promise<Prefetched>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const bytes = (await within(prefetched, HELD_PARTS * part.durationS * 1_000))?.bytes;
    if (bytes === undefined || bytes.byteLength === 0) return false;
    await this.#append(part, bytes, signal);
    return true;
  }

  async #appendListed(
    reload: Position,
    prefetched: Promise<Prefetched> | undefined,
    signal: AbortSignal,
  ): Promise<MediaPlaylist> {
    const [fetched, playlist] = await Promise.all([prefetched, this.#reload(reload, signal)]);
    await this.#appendNew(playlist, signal, fetched);
    return playlist;
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

  /** Continues with the other rendition from part `at` on; where that is a guess, looks first. */
  async #switch(at: NextPart, signal: AbortSignal): Promise<MediaPlaylist> {
    const { msn, part } = at.reload;
    if (part > 0) return await this.#appendListed({ msn, part: part - 1 }, undefined, signal);
    this.#playlistUrl = this.#nextUrl ?? this.#playlistUrl;
    this.#nextUrl = undefined;
    const playlist = await this.#reload(at, signal);
    const following = playlist.parts.filter((part) => !isAfter(at, part));
    await this.#appendAll(following, signal);
    return playlist;
  }

  /** The playlist as soon as it has this part. */
  async #reload({ msn, part }: Position, signal: AbortSignal): Promise<MediaPlaylist> {
    return await this.#fetchPlaylist(`?_HLS_msn=${msn}&_HLS_part=${part}&_HLS_skip=YES`, signal);
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
    const endDateMs = part.dateMs === undefined ? undefined : part.dateMs + part.durationS * 1_000;
    // What the browser has removed meanwhile is to be fetched again, though this part is there.
    this.#buffer.endDateMs = this.#attempt.signal.aborted ? undefined : endDateMs;
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
