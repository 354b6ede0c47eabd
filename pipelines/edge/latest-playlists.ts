/** The last playlists that were fetched, for times when a newer one cannot be. */
import type { HttpRequest } from '../http/handlers.ts';
import { plainBodyOf } from './entry.ts';
import type { Entry } from './store.ts';
import { findUnsupported } from './unsupported.ts';

const PATHS_MAX = 64;
const LONGEST_TARGET_S = 60;
/** A box's own playlist has a tenth of it. */
const CHECKED_MAX_BYTES = 200_000;
/** What is larger is none, and not saved beside the cache, which has a limit. */
const SAVED_MAX_BYTES = 1_000_000;
/** A stream without viewers is not fetched, so the last finding holds this long. */
const UNSUPPORTED_FOR_MS = 600_000;

/**
 * The last playlist of each path, in full and as a delta update (`_HLS_skip`), and what
 * they say about the stream.
 */
export class LatestPlaylists {
  readonly #entries = new Map<string, Entry>();
  #holdMs: number;
  #unsupported: { readonly line: string; readonly atMs: number } | undefined;

  /** @param holdMs Until the target duration of a playlist is known. */
  constructor(holdMs: number) {
    this.#holdMs = holdMs;
  }

  /** How long a request may be held: three target durations (RFC 8216bis §6.2.5.2). */
  get holdMs(): number {
    return this.#holdMs;
  }

  /** Which feature of these playlists an edge does not support: see {@link findUnsupported}. */
  unsupported(nowMs: number): string | undefined {
    const isOld =
      this.#unsupported === undefined || nowMs - this.#unsupported.atMs >= UNSUPPORTED_FOR_MS;
    return isOld ? undefined : this.#unsupported?.line;
  }

  has(path: string): boolean {
    return this.#entries.has(path);
  }

  save({ path, query }: HttpRequest, entry: Entry): void {
    if (entry.status !== 200 || !path.endsWith('.m3u8')) return;
    if (entry.body.length > SAVED_MAX_BYTES) return;
    const key = query.has('_HLS_skip') ? deltaKeyOf(path) : path;
    // It never changes while a stream lives (§4.4.3.8), so each path's first one is read.
    if (!this.#entries.delete(key)) this.#holdMs = holdMsOf(entry) ?? this.#holdMs;
    this.#entries.set(key, entry);
    const line = findUnsupported(
      plainBodyOf(entry)?.toString('latin1', 0, CHECKED_MAX_BYTES) ?? '',
    );
    if (line !== undefined) this.#unsupported = { line, atMs: entry.atMs };
    const oldest = this.#entries.keys().next().value;
    if (this.#entries.size > PATHS_MAX && oldest !== undefined) this.#entries.delete(oldest);
  }

  /** What to serve where a fetch has failed: `known`, or else the path's last playlist. */
  staleFor(
    { path, query }: HttpRequest,
    known: Entry | undefined,
    nowMs: number,
  ): Entry | undefined {
    const delta = query.has('_HLS_skip') ? this.#entries.get(deltaKeyOf(path)) : undefined;
    return [known, delta, this.#entries.get(path)].find((entry) => {
      if (entry === undefined) return false;
      const { freshMs, staleIfErrorMs } = entry.lifetime;
      return nowMs - entry.atMs < freshMs + staleIfErrorMs;
    });
  }
}

function deltaKeyOf(path: string): string {
  return `${path}?_HLS_skip`;
}

/** Undefined for what is not a media playlist. */
function holdMsOf(entry: Entry): number | undefined {
  const head = plainBodyOf(entry)?.toString('latin1', 0, 1_000) ?? '';
  const digits = /^#EXT-X-TARGETDURATION:(\d{1,4})\s*$/m.exec(head)?.[1];
  if (digits === undefined) return undefined;
  return 3_000 * Math.min(Math.max(1, Number(digits)), LONGEST_TARGET_S);
}
