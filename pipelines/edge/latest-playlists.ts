import type { HttpRequest } from '../http/handlers.ts';
import { plainBodyOf } from './entry.ts';
import type { Entry } from './store.ts';
import { findUnsupported } from './unsupported.ts';

const PATHS_MAX = 64;
const LONGEST_TARGET_S = 60;
/** A box's own has a tenth of it. */
const LACK_READ_MAX_BYTES = 200_000;
/** What nobody watches is not fetched, and says nothing: it is not forgotten at once. */
const LACK_TOLD_FOR_MS = 600_000;

/**
 * The last playlist of each path, whole and as an update (`_HLS_skip`): for when a
 * later one cannot be had, and for what it tells.
 */
export class LatestPlaylists {
  readonly #entries = new Map<string, Entry>();
  #holdMs: number;
  #lack: { readonly line: string; readonly atMs: number } | undefined;

  /** @param holdMs Until a playlist has told its target duration. */
  constructor(holdMs: number) {
    this.#holdMs = holdMs;
  }

  /** How long a request may be held: three target durations (RFC 8216bis §6.2.5.2). */
  get holdMs(): number {
    return this.#holdMs;
  }

  /** What of these playlists cannot be passed on: see {@link findUnsupported}. */
  unsupported(nowMs: number): string | undefined {
    const isOld = this.#lack === undefined || nowMs - this.#lack.atMs >= LACK_TOLD_FOR_MS;
    return isOld ? undefined : this.#lack?.line;
  }

  has(path: string): boolean {
    return this.#entries.has(path);
  }

  save({ path, query }: HttpRequest, entry: Entry): void {
    if (entry.status !== 200 || !path.endsWith('.m3u8')) return;
    const key = query.has('_HLS_skip') ? updateOf(path) : path;
    // It never changes while a stream lives (§4.4.3.8), so each path's first one is read.
    if (!this.#entries.delete(key)) this.#holdMs = holdMsOf(entry) ?? this.#holdMs;
    this.#entries.set(key, entry);
    const line = findUnsupported(
      plainBodyOf(entry)?.toString('latin1', 0, LACK_READ_MAX_BYTES) ?? '',
    );
    if (line !== undefined) this.#lack = { line, atMs: entry.atMs };
    const oldest = this.#entries.keys().next().value;
    if (this.#entries.size > PATHS_MAX && oldest !== undefined) this.#entries.delete(oldest);
  }

  /** What may be shown in place of what cannot be had: `known`, or else the path's newest. */
  staleFor(
    { path, query }: HttpRequest,
    known: Entry | undefined,
    nowMs: number,
  ): Entry | undefined {
    const update = query.has('_HLS_skip') ? this.#entries.get(updateOf(path)) : undefined;
    return [known, update, this.#entries.get(path)].find((entry) => {
      if (entry === undefined) return false;
      const { freshMs, staleIfErrorMs } = entry.lifetime;
      return nowMs - entry.atMs < freshMs + staleIfErrorMs;
    });
  }
}

function updateOf(path: string): string {
  return `${path}?_HLS_skip`;
}

/** undefined for what is no media playlist. */
function holdMsOf(entry: Entry): number | undefined {
  const head = plainBodyOf(entry)?.toString('latin1', 0, 1_000) ?? '';
  const digits = /^#EXT-X-TARGETDURATION:(\d{1,4})\s*$/m.exec(head)?.[1];
  if (digits === undefined) return undefined;
  return 3_000 * Math.min(Math.max(1, Number(digits)), LONGEST_TARGET_S);
}
