/** Makes a constant frame rate of whatever frames a camera brings. Pure: times come in. */
import { SlowestDelay } from './slowest-delay.ts';

/** A frame to be encoded as number `index`; `isRepeat` where the camera brought none for it. */
export interface PacedFrame<F> {
  readonly index: number;
  /** Undefined before the first frame of all. */
  readonly frame: F | undefined;
  readonly isRepeat: boolean;
  /** When the picture was taken, in us of CLOCK_MONOTONIC; undefined for a repeat. */
  readonly takenUs?: number;
}

export interface FramePacerOptions {
  readonly fps: number;
  /** CLOCK_MONOTONIC of frame 0, in us. */
  readonly startUs: number;
}

/** A time stamp outside of this, seen from the arrival, is not believed. */
const OLDEST_US = 2_000_000;
const AHEAD_US = 50_000;

/** A missing frame is waited for as long as the slowest of the last seconds took. */
const DELAY_MAX_US = 150_000;
/** Of the frame's duration: what a delay may vary by beside that. */
const MARGIN = 0.5;
/** A frame so much later than usual was held up with its source, and is no measure of its delay, */
const HELD_UP_US = 50_000;
/** unless those after it stay as late for so long, */
const HELD_UP_MAX_US = 500_000;
/** without a gap of this length between two of them. */
const GAP_US = 90_000;

/** Of the frame's duration: so far from its place a frame still follows its predecessor. */
const HYSTERESIS = 0.75;

/** More than this are never made up for at once: after that the process itself was held up. */
const CATCH_UP_US = 1_000_000;

/**
 * Gives each frame of a source its place in a constant frame rate.
 *
 * A frame goes out as soon as it comes, at the index of its capture time; those that
 * were left out before it are repeats of the last one. A frame that does not come is
 * repeated once the usual delay has passed. A frame that comes later than that is held,
 * and shown where the next one does not come in time: so a late frame costs one repeat,
 * and never a latency that stays.
 */
export class FramePacer<F> {
  readonly #startUs: number;
  readonly #frameUs: number;
  #next = 0;
  #shown: F | undefined;
  /** Came too late for its own place. */
  #late: { readonly frame: F; readonly takenUs: number } | undefined;
  #lastIndex: number | undefined;
  readonly #slowest = new SlowestDelay();
  #heldUpFromUs: number | undefined;
  #lastCameUs = 0;

  constructor({ fps, startUs }: FramePacerOptions) {
    this.#startUs = startUs;
    this.#frameUs = 1e6 / fps;
  }

  /** When the next frame goes out at the latest, in us of CLOCK_MONOTONIC. */
  get nextDueUs(): number {
    return this.#dueUs(this.#next);
  }

  /**
   * A frame has come.
   *
   * @param capturedUs CLOCK_MONOTONIC at which it was captured; undefined where the
   *   source does not know, or counts frames.
   */
  add(frame: F, capturedUs: number | undefined, nowUs: number): readonly PacedFrame<F>[] {
    const isBelieved =
      capturedUs !== undefined && capturedUs > nowUs - OLDEST_US && capturedUs < nowUs + AHEAD_US;
    const takenUs = isBelieved ? capturedUs : nowUs;
    const index = this.#indexOf(takenUs);
    this.#lastIndex = index;
    this.#noteDelay(nowUs, Math.max(0, nowUs - this.#startUs - index * this.#frameUs));
    const overdue = this.tick(nowUs);
    if (index < this.#next) {
      this.#late = { frame, takenUs };
      return overdue;
    }
    const skipped = this.#repeatUntil(index);
    this.#late = undefined;
    this.#shown = frame;
    this.#next = index + 1;
    return [...overdue, ...skipped, { index, frame, isRepeat: false, takenUs }];
  }

  /** Repeats for all frames that are overdue at `nowUs`. */
  tick(nowUs: number): readonly PacedFrame<F>[] {
    const newest = Math.floor((nowUs - this.#startUs - this.#delayUs()) / this.#frameUs);
    const first = Math.ceil((nowUs - CATCH_UP_US - this.#startUs) / this.#frameUs);
    // The machine slept, or was stopped: what was not encoded then is not made up for.
    if (this.#next < first) this.#next = first;
    return newest < this.#next ? [] : this.#repeatUntil(newest + 1);
  }

  /**
   * A new source comes: what is known of the delays of the last one says nothing of it.
   *
   * @param copy Of what is shown until its first frame, where the last source goes on.
   */
  reset(copy: (frame: F) => F = (frame) => frame): void {
    if (this.#shown !== undefined) this.#shown = copy(this.#shown);
    if (this.#late !== undefined) this.#late = { ...this.#late, frame: copy(this.#late.frame) };
    this.#slowest.forget();
    this.#heldUpFromUs = undefined;
    this.#lastIndex = undefined;
  }

  #repeatUntil(end: number): readonly PacedFrame<F>[] {
    const frames: PacedFrame<F>[] = [];
    for (let index = this.#next; index < end; index += 1) {
      const late = this.#late;
      if (late !== undefined) this.#shown = late.frame;
      this.#late = undefined;
      const taken = late === undefined ? {} : { takenUs: late.takenUs };
      frames.push({ index, frame: this.#shown, isRepeat: late === undefined, ...taken });
    }
    this.#next = Math.max(this.#next, end);
    return frames;
  }

  /** Where a frame belongs: behind its predecessor, as long as its time allows that. */
  #indexOf(takenUs: number): number {
    const place = (takenUs - this.#startUs) / this.#frameUs;
    const following = this.#lastIndex === undefined ? undefined : this.#lastIndex + 1;
    const isFollowing = following !== undefined && Math.abs(place - following) <= HYSTERESIS;
    return Math.max(0, isFollowing ? following : Math.round(place));
  }

  #dueUs(index: number): number {
    return this.#startUs + index * this.#frameUs + this.#delayUs();
  }

  #delayUs(): number {
    return Math.min(this.#slowest.us ?? 0, DELAY_MAX_US) + MARGIN * this.#frameUs;
  }

  #noteDelay(atUs: number, delayUs: number): void {
    const limitUs =
      (this.#slowest.us ?? delayUs) + (this.#heldUpFromUs === undefined ? HELD_UP_US : 0);
    const isAfterGap = atUs > this.#lastCameUs + GAP_US;
    this.#lastCameUs = atUs;
    if (delayUs <= limitUs) this.#heldUpFromUs = undefined;
    else if (this.#heldUpFromUs === undefined || isAfterGap) this.#heldUpFromUs = atUs;
    if (this.#heldUpFromUs !== undefined && atUs < this.#heldUpFromUs + HELD_UP_MAX_US) return;
    this.#slowest.add(atUs, delayUs);
  }
}
