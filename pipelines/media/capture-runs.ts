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
/** Each start that fails makes the next limit twice as long: a busy machine may need it. */
const LONGEST_START_MS = 60_000;
/** A longer time between two looks means that this process was held up, and with it what it reads. */
const PAUSED_MS = 200;

/** One run after the other: opening one closes the one before. */
export class CaptureRuns {
  readonly #deps: CaptureRunDeps;
  #current: CaptureRun | undefined;
  #startMaxMs = START_MAX_MS;
  #lookedMs = 0;
  /** The present run has had all tracks. */
  #hasFlowed = false;
  /** Without frames, as far as this process has looked. */
  #quietMs = 0;

  constructor(deps: CaptureRunDeps) {
    this.#deps = deps;
  }

  open(message: RunMessage): void {
    this.#current?.close();
    this.#quietMs = 0;
    this.#hasFlowed = false;
    this.#current = openCaptureRun(message, this.#deps);
  }

  /** To be called a few times a second. */
  failIfStalled(): void {
    const { presentation, nowUs } = this.#deps;
    const nowMs = nowUs() / 1000;
    const sinceMs = Math.min(nowMs - this.#lookedMs, PAUSED_MS);
    this.#lookedMs = nowMs;
    // After a pause of this process the frames are still in the FIFOs.
    this.#quietMs = Math.min(this.#quietMs + sinceMs, presentation.stalledUs(nowUs()) / 1000);
    if (presentation.isFlowing(nowUs())) {
      this.#hasFlowed = true;
      this.#startMaxMs = START_MAX_MS;
    }
    // Sound comes seconds before the picture where the machine is busy.
    const isStarting = !this.#hasFlowed;
    if (this.#quietMs <= (isStarting ? this.#startMaxMs : STALLED_AFTER_MS)) return;
    if (isStarting) this.#startMaxMs = Math.min(2 * this.#startMaxMs, LONGEST_START_MS);
    this.#current?.fail('capture stalled: no frames');
    this.#quietMs = 0;
  }
}
