/** The capture run that the media process reads now, and how long it may bring nothing. */
import {
  type CaptureRun,
  type CaptureRunDeps,
  openCaptureRun,
  type RunMessage,
} from './capture-run.ts';

/** A capture run without frames for this long has stalled: it is paced by the machine's clock. */
const STALLED_AFTER_MS = 2_000;
/** Before the first frame Node, GStreamer and its plugins are read from a slow card. */
const START_MAX_MS = 15_000;

/** One run after the other: opening one closes the one before. */
export class CaptureRuns {
  readonly #deps: CaptureRunDeps;
  #current: CaptureRun | undefined;

  constructor(deps: CaptureRunDeps) {
    this.#deps = deps;
  }

  open(message: RunMessage): void {
    this.#current?.close();
    this.#current = openCaptureRun(message, this.#deps);
  }

  /** To be called a few times a second. */
  failIfStalled(): void {
    const { presentation, nowUs } = this.#deps;
    const maxMs = presentation.isStarting ? START_MAX_MS : STALLED_AFTER_MS;
    const stalledMs = presentation.stalledUs(nowUs()) / 1000;
    if (stalledMs > maxMs) this.#current?.fail('capture stalled: no frames');
  }
}
