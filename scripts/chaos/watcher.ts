/** A guest who watches one rendition, fetches everything that is published, and notes what is missing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readFragment } from '../../pipelines/mp4/fragment.ts';
import { readInit } from '../../pipelines/mp4/init.ts';
import { type ReadPlaylist, readPlaylist } from '../../test/support/rules.ts';

/** Time of the stream in which there is no picture. */
export interface Hole {
  readonly track: string;
  readonly s: number;
  /** What the guest saw of it. */
  readonly seen: string;
}

const ANSWER_MS = 10_000;
/** Times of media are rounded to ticks. */
const ROUNDING_S = 0.05;

interface Piece {
  readonly msn: number;
  /** Undefined for a complete segment. */
  readonly part: number | undefined;
  readonly uri: string;
  readonly map: string;
}

export class Watcher {
  readonly holes: Hole[] = [];
  /** The stream ran backwards, or what was fetched is no media. */
  readonly faults: string[] = [];
  parts = 0;
  lastPartMs = performance.now();
  readonly #url: string;
  readonly #track: string;
  readonly #timescales = new Map<string, number>();
  #endS: number | undefined;
  #last: { readonly msn: number; readonly part: number } | undefined;
  #query = '';
  /** What was answered in place of parts since the last one. */
  #refused: string[] = [];

  constructor(url: string) {
    this.#url = url;
    this.#track = url.split('/').at(-2) ?? '';
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#follow(signal);
      } catch (error) {
        // The box is away, or busy: ask again.
        this.#query = '';
        this.#refused.push(error instanceof Error ? error.message : String(error));
        await sleep(100);
      }
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const text = (await this.#get(this.#url + this.#query, signal)).toString();
    const playlist = readPlaylist(text);
    for (const piece of this.#newIn(playlist, text)) {
      const bytes = await this.#get(new URL(piece.uri, this.#url).href, signal);
      await this.#take(bytes, piece, signal);
      this.#last = { msn: piece.msn, part: piece.part ?? Number.POSITIVE_INFINITY };
    }
    const hint = /URI="(?:[^"]*\/)?(\d+)\.(\d+)\.m4s/.exec(playlist.hints[0] ?? '');
    this.#query = hint === null ? '' : `?_HLS_msn=${hint[1]}&_HLS_part=${hint[2]}`;
    if (hint === null) await sleep(200);
  }

  /** What is listed behind the last piece that was fetched; at first the newest segment only. */
  #newIn({ segments }: ReadPlaylist, text: string): readonly Piece[] {
    const map =
      text
        .match(/#EXT-X-MAP:URI="[^"]*"/g)
        ?.at(-1)
        ?.slice(16, -1) ?? '';
    const last = this.#last ?? { msn: segments.at(-1)?.msn ?? 0, part: -1 };
    return segments.flatMap(({ msn, uri, parts, isGap }): readonly Piece[] => {
      if (msn < last.msn) return [];
      if (parts.length === 0) {
        const isNew = msn > last.msn && uri !== undefined && !isGap;
        return isNew ? [{ msn, part: undefined, uri, map }] : [];
      }
      return parts.flatMap((one, part) => {
        const isNew = msn > last.msn || part > last.part;
        return isNew && !one.isGap ? [{ msn, part, uri: one.uri, map }] : [];
      });
    });
  }

  async #take(bytes: Buffer, { msn, part, map }: Piece, signal: AbortSignal): Promise<void> {
    const timescale = await this.#timescaleOf(map, signal);
    let at = 0;
    while (at < bytes.length) {
      const read = readFragment(bytes.subarray(at));
      if (read === undefined) {
        this.faults.push(`${msn}.${part ?? ''} is no media`);
        return;
      }
      at += read.totalBytes;
      const startS = read.decodeTicks / timescale;
      const holeS = startS - (this.#endS ?? startS);
      if (holeS > ROUNDING_S) {
        const waitedS = (performance.now() - this.lastPartMs) / 1_000;
        const from = `${this.#last?.msn}.${this.#last?.part} to ${msn}.${part ?? ''}`;
        const seen = `${from}, ${waitedS.toFixed(1)} s after the part before${this.#refusals()}`;
        this.holes.push({ track: this.#track, s: holeS, seen });
      }
      if (holeS < -ROUNDING_S) this.faults.push(`${msn}.${part ?? ''} runs ${-holeS} s backwards`);
      this.#endS = startS + read.durationTicks / timescale;
    }
    this.parts += 1;
    this.#refused = [];
    this.lastPartMs = performance.now();
  }

  #refusals(): string {
    const counts = new Map<string, number>();
    for (const one of this.#refused) counts.set(one, (counts.get(one) ?? 0) + 1);
    return [...counts].map(([what, count]) => `, ${count} times ${what}`).join('');
  }

  async #timescaleOf(map: string, signal: AbortSignal): Promise<number> {
    const known = this.#timescales.get(map);
    if (known !== undefined) return known;
    const init = readInit(await this.#get(new URL(map, this.#url).href, signal));
    if (init === undefined) throw new Error(`${map} is no init section`);
    this.#timescales.set(map, init.timescale);
    return init.timescale;
  }

  async #get(url: string, signal: AbortSignal): Promise<Buffer> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
    const answer = await fetch(url, { signal: limit });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  }
}
