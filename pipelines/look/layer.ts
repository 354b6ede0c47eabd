/** The look over each frame that viewers get, and what it costs. */
import { applyTable, type LookTable, tableOf } from './table.ts';

interface FrameSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Of one frame. */
export interface LookCost {
  readonly costMs: number;
  /** The fastest of them: what the machine needs where nothing else is in the way. */
  readonly fastestMs: number;
}

export class LookLayer {
  readonly #size: FrameSize;
  readonly #out: Buffer;
  #table: LookTable | undefined;
  #spentMs = 0;
  #fastestMs = Number.POSITIVE_INFINITY;
  #frames = 0;

  constructor(size: FrameSize) {
    this.#size = size;
    this.#out = Buffer.alloc((size.widthPx * size.heightPx * 3) / 2);
  }

  /**
   * From the next frame on.
   *
   * @param bytes A table as `buildTable` makes it; undefined for no look.
   * @throws Error where it is none; the look is as before then.
   */
  set(bytes: Buffer | undefined): void {
    this.#table = bytes && tableOf(bytes);
  }

  /** The frame with the look: the same buffer for the next one. Without a look, the frame itself. */
  apply(frame: Buffer): Buffer {
    if (this.#table === undefined) return frame;
    const startMs = performance.now();
    applyTable(frame, this.#out, this.#size, this.#table);
    const spentMs = performance.now() - startMs;
    this.#spentMs += spentMs;
    this.#fastestMs = Math.min(this.#fastestMs, spentMs);
    this.#frames += 1;
    return this.#out;
  }

  /** Since the last call; undefined where no frame had a look. */
  takeCost(): LookCost | undefined {
    const cost = { costMs: this.#spentMs / this.#frames, fastestMs: this.#fastestMs };
    const hasDrawn = this.#frames > 0;
    this.#spentMs = 0;
    this.#fastestMs = Number.POSITIVE_INFINITY;
    this.#frames = 0;
    return hasDrawn ? cost : undefined;
  }
}
