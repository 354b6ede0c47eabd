/** The child process that serves guests at present, for callers that wait until there is one. */
import { Condition } from '../../../hal/os/async.ts';
import type { PipelineError } from '../../../pipelines/errors/pipeline-error.ts';
import type { UplinkRequest } from '../../../pipelines/feed/uplink-request.ts';
import type { PipedMedia } from './pipe-requests.ts';

/** A process that feeds others by FIFOs: media, or that of an edge. */
export interface ServingFeeder<Request = UplinkRequest> {
  /** Aborts at its end. */
  readonly gone: AbortSignal;
  /**
   * Opens pipes with it: `ask` renders the message from the number it is given.
   * Resolves when the process has opened its ends, so that the daemon's can
   * be closed. `onBroken` is called at most once, when what comes through them is wrong.
   */
  readonly openPipes: (
    ask: (run: number) => Request,
    onBroken: (error: PipelineError) => void,
    signal: AbortSignal,
  ) => Promise<PipedMedia>;
}

export interface Feeder {
  /** Waits for one that serves. Rejects when `signal` aborts. */
  readonly serving: (signal: AbortSignal) => Promise<ServingFeeder>;
}

export class Current<Serving> {
  readonly #changed = new Condition();
  #serving: Serving | undefined;

  get serving(): Serving | undefined {
    return this.#serving;
  }

  /** @param serving Undefined: it has ended. */
  set(serving: Serving | undefined): void {
    this.#serving = serving;
    this.#changed.notifyAll();
  }

  /** Rejects when `signal` aborts. */
  async wait(signal: AbortSignal): Promise<Serving> {
    while (this.#serving === undefined) {
      signal.throwIfAborted();
      await this.#changed.wait(signal);
    }
    return this.#serving;
  }
}
