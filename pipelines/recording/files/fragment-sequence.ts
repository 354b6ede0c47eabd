/** Which fragments may follow in a movie: a disk may have pieces of deleted recordings in its free space. */
import type { Fragment } from '../../mp4/fragment.ts';

/** A moof with one sample, and an mdat without its byte. */
const FRAGMENT_MIN_BYTES = 108;

/**
 * How far a movie has come. Each fragment of it has the number after the one before, and each
 * track its own time: in a range that cannot be read are no more fragments than there is room for.
 */
export class FragmentSequence {
  #end: number;
  #sequence = 0;
  /** Where each track has come at least. */
  readonly #ticks = new Map<number, { readonly from: number; readonly end: number }>();

  /** @param at Where the first fragment belongs. */
  constructor(at: number) {
    this.#end = at;
  }

  isNext({ sequence, trackId, decodeTicks }: Fragment, at: number): boolean {
    const missing = sequence - this.#sequence - 1;
    if (at === this.#end) return missing === 0;
    const isAhead = decodeTicks >= (this.#ticks.get(trackId)?.from ?? 0);
    return missing >= 0 && missing * FRAGMENT_MIN_BYTES <= at - this.#end && isAhead;
  }

  add({ sequence, trackId, decodeTicks, durationTicks, totalBytes }: Fragment, at: number): void {
    const { end = decodeTicks } = this.#ticks.get(trackId) ?? {};
    // A time that is damaged leads no further than all before it.
    const from = at === this.#end ? Math.min(end, decodeTicks) : decodeTicks;
    this.#ticks.set(trackId, { from, end: from + durationTicks });
    this.#sequence = sequence;
    this.#end = at + totalBytes;
  }

  /** Padding that belongs to no fragment. */
  skip(bytes: number): void {
    this.#end += bytes;
  }
}
