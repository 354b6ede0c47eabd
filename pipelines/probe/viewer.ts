/** Follows the stream by HTTP as the guests' player does, and measures what it would show. */
import { pause } from '../../hal/os/async.ts';
import { monotonicMs, systemClock } from '../../hal/os/clock.ts';
import { runAll } from '../../hal/os/task.ts';
import { quantiles } from '../origin/viewers.ts';
import { startingParts } from '../player/playback/next-parts.ts';
import {
  isAfter,
  type MediaPlaylist,
  type PlaylistPart,
  parseMedia,
  parseMultivariant,
} from '../player/playback/playlist.ts';
import { edgeOf } from './edge-hit.ts';
import type { ViewerFigures } from './messages.ts';
import { Playout } from './playout.ts';

const REQUEST_TIMEOUT_MS = 8_000;
const RETRY_MS = 250;
/** Twenty minutes of samples, twenty a second. */
const SAMPLES_MAX = 24_000;
const NO_COUNTS = { parts: 0, failed: 0, requests: 0, edgeReplies: 0, edgeHits: 0 };

/** An independent part with the init section of its segment. */
export interface KeyPart {
  readonly init: Buffer;
  readonly part: Buffer;
  /** Of its first picture, Unix time in ms. */
  readonly dateMs: number;
}

/** One of the playlists that a player follows at the same time. */
interface Track {
  readonly base: URL;
  /** Its place in the playout. */
  readonly index: number;
  last?: Pick<PlaylistPart, 'msn' | 'part'>;
}

const PICTURE = 0;

export class ProbeViewer {
  readonly #url: string;
  readonly #onKeyPart: (part: KeyPart) => void;
  #playout = new Playout(performance.now());
  #counts = { ...NO_COUNTS };
  #before = { stalls: 0, stalledMs: 0 };
  /** Date on the screen less the time then, in ms. */
  #lagsMs: number[] = [];
  /** By how much the dates are ahead of CLOCK_MONOTONIC, by each clock that was read. */
  #aheadMs: number[] = [];
  readonly #inits = new Map<string, Buffer>();

  constructor(url: string, onKeyPart: (part: KeyPart) => void) {
    this.#url = url;
    this.#onKeyPart = onKeyPart;
  }

  restart(): void {
    this.#counts = { ...NO_COUNTS };
    this.#lagsMs = [];
    this.#before = { stalls: this.#playout.stalls, stalledMs: this.#playout.stalledMs };
  }

  /** The clock in a picture was read. */
  noteAhead(aheadMs: number): void {
    this.#aheadMs = [...this.#aheadMs, aheadMs].slice(-100);
  }

  /** To be called some twenty times a second. */
  sample(): void {
    const nowMs = performance.now();
    this.#playout.advance(nowMs);
    const { positionMs } = this.#playout;
    if (positionMs === undefined || this.#lagsMs.length >= SAMPLES_MAX) return;
    this.#lagsMs.push(monotonicMs() - positionMs);
  }

  /** @param usualAheadMs In place of what pictures say. */
  figures(usualAheadMs: number): ViewerFigures {
    const read = this.#aheadMs.toSorted((a, b) => a - b);
    const aheadMs = read[read.length >> 1] ?? usualAheadMs;
    const latencyMs = quantiles(this.#lagsMs.map((lagMs) => Math.max(0, lagMs + aheadMs)));
    return {
      ...this.#counts,
      ...(latencyMs === undefined ? {} : { latencyMs }),
      isByPicture: read.length > 0,
      stalls: this.#playout.stalls - this.#before.stalls,
      stalledMs: this.#playout.stalledMs - this.#before.stalledMs,
    };
  }

  /** Until `signal` aborts; a stream that fails is tried again. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#follow(signal);
      } catch {
        if (signal.aborted) return;
        this.#counts.failed += 1;
      }
      await pause(systemClock, RETRY_MS, signal);
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { variants, audio } = parseMultivariant(await this.#text(this.#url, signal));
    const best = variants.at(-1);
    if (best === undefined) throw new Error('no rendition yet');
    const uris = audio === undefined ? [best.uri] : [best.uri, audio.uri];
    this.#playout.expectTracks(audio === undefined ? 1 : 2);
    const tracks = uris.map((uri, index): Track => ({ base: new URL(uri, this.#url), index }));
    await runAll(
      tracks.map((track) => (ending) => this.#followTrack(track, ending)),
      signal,
    );
  }

  async #followTrack(track: Track, signal: AbortSignal): Promise<void> {
    let playlist = parseMedia(await this.#text(track.base.href, signal));
    for (const part of startingParts(playlist)) await this.#take(part, track, undefined, signal);
    while (!playlist.isEnded && playlist.hint !== undefined) {
      playlist = await this.#next(playlist.hint, track, signal);
    }
  }

  /** One blocking reload and one request for the hinted part at a time, as a player that does not know how parts are named. */
  async #next(
    { uri, msn, part }: NonNullable<MediaPlaylist['hint']>,
    track: Track,
    signal: AbortSignal,
  ): Promise<MediaPlaylist> {
    const { base, last } = track;
    const url = new URL(uri, base).href;
    const query = `?_HLS_msn=${msn}&_HLS_part=${part}&_HLS_skip=YES`;
    const hinted = this.#bytes(url, signal).catch(() => undefined);
    const [bytes, text] = await Promise.all([hinted, this.#text(base.href + query, signal)]);
    const playlist = parseMedia(text);
    const isNew = (listed: PlaylistPart) => last === undefined || isAfter(listed, last);
    for (const one of playlist.parts.filter(isNew)) {
      const known = new URL(one.uri, base).href === url ? bytes : undefined;
      await this.#take(one, track, known, signal);
    }
    return playlist;
  }

  async #take(
    listed: PlaylistPart,
    track: Track,
    known: Buffer | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    track.last = { msn: listed.msn, part: listed.part };
    const { base, index } = track;
    const { dateMs, durationS, initUri } = listed;
    if (listed.isGap) return;
    const bytes = known ?? (await this.#bytes(new URL(listed.uri, base).href, signal));
    if (index === PICTURE) this.#counts.parts += 1;
    if (dateMs === undefined) return;
    this.#playout.addPart(dateMs, durationS * 1000, performance.now(), index);
    if (index !== PICTURE || !listed.isIndependent || initUri === undefined) return;
    const init = await this.#init(new URL(initUri, base).href, signal);
    this.#onKeyPart({ init, part: bytes, dateMs });
  }

  async #init(url: string, signal: AbortSignal): Promise<Buffer> {
    const init = this.#inits.get(url) ?? (await this.#bytes(url, signal));
    if (this.#inits.size > 4) this.#inits.clear();
    this.#inits.set(url, init);
    return init;
  }

  async #text(url: string, signal: AbortSignal): Promise<string> {
    return (await this.#bytes(url, signal)).toString();
  }

  async #bytes(url: string, signal: AbortSignal): Promise<Buffer> {
    const response = await fetch(url, {
      headers: { 'Sec-CH-UA-Mobile': '?1' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    this.#counts.requests += 1;
    const edge = edgeOf((name) => response.headers.get(name));
    if (edge !== 'none') this.#counts.edgeReplies += 1;
    if (edge === 'hit') this.#counts.edgeHits += 1;
    const bytes = Buffer.from(await response.arrayBuffer());
    if (!response.ok) throw new Error(`${new URL(url).pathname}: ${response.status}`);
    return bytes;
  }
}
