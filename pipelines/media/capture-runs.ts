/** The capture run that the media process reads now, and how long it may bring nothing. */
import type { Stamping } from '../packager/timeline.ts';
import {
  type CaptureRun,
  type CaptureRunDeps,
  openCaptureRun,
  type RunMessage,
} from './capture-run.ts';

/**
 * A capture run without frames for this long has stalled. One that counts its frames
 * may have to wait for the program that writes them.
 */
const STALLED_AFTER_MS: Readonly<Record<Stamping, number>> = { clock: 5_000, count: 30_000 };
/** Before the first frame Node, GStreamer and its plugins are read from a slow card. */
const START_MAX_MS = 15_000;

/** One run after the other: opening one closes the one before. */
export class CaptureRuns {
  readonly #deps: CaptureRunDeps;
  #current: CaptureRun | undefined;
  #stalledAfterMs = STALLED_AFTER_MS.clock;

  constructor(deps: CaptureRunDeps) {
    this.#deps = deps;
  }

  open(message: RunMessage): void {
    this.#current?.close();
    const { video, audio } = message.stampings;
    this.#stalledAfterMs = Math.max(STALLED_AFTER_MS[video], STALLED_AFTER_MS[audio]);
    this.#current = openCaptureRun(message, this.#deps);
  }

  /** To be called a few times a second. */
  failIfStalled(): void {
    const { presentation, nowUs } = this.#deps;
    const maxMs = presentation.isStarting
      ? Math.max(this.#stalledAfterMs, START_MAX_MS)
      : this.#stalledAfterMs;
    const stalledMs = presentation.stalledUs(nowUs()) / 1000;
    if (stalledMs > maxMs) this.#current?.fail('capture stalled: no frames');
  }
}
