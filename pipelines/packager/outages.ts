/** Lost media, as date ranges of the playlists (RFC 8216bis §4.4.5.1). */
import type { DateRange } from '../hls/playlist.ts';

const RANGES_MAX = 256;

export class Outages {
  readonly #epochMs: () => number;
  readonly #ranges: DateRange[] = [];
  #sinceUs: number | undefined;

  /** @param epochMs Unix time of media time 0. */
  constructor(epochMs: () => number) {
    this.#epochMs = epochMs;
  }

  /** Media is lost from here on, if it was not before. */
  begin(fromUs: number): void {
    this.#sinceUs ??= fromUs;
  }

  /** Media is available again. */
  end(atUs: number): void {
    const sinceUs = this.#sinceUs;
    this.#sinceUs = undefined;
    if (sinceUs === undefined) return;
    this.#ranges.push({
      // By its date: no other media process, of this stream or another, has the same.
      id: `outage-${Math.round(this.#epochMs() + sinceUs / 1000).toString(36)}`,
      class: 'venuebox.outage',
      startUs: sinceUs,
      durationS: Math.max(0, atUs - sinceUs) / 1e6,
    });
    if (this.#ranges.length > RANGES_MAX) this.#ranges.shift();
  }

  /** Those that still map to a listed segment. */
  listed(oldestUs: number): readonly DateRange[] {
    return this.#ranges.filter((range) => endOf(range) > oldestUs);
  }

  /** IDs of those that have left the playlists within `windowS`, newest last. */
  removedIds(oldestUs: number, windowS: number): readonly string[] {
    return this.#ranges
      .filter((range) => endOf(range) <= oldestUs && endOf(range) > oldestUs - windowS * 1e6)
      .map(({ id }) => id);
  }
}

function endOf({ startUs, durationS }: DateRange): number {
  return startUs + durationS * 1e6;
}
