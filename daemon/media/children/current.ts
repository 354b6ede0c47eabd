/** A process that serves now, for those who wait for it. */
import { Condition } from '../../../hal/os/async.ts';
import type { PipelineError } from '../../../pipelines/errors/pipeline-error.ts';
import type { TrackKind } from '../../../pipelines/packager/track.ts';
import type { PipedMedia } from './pipe-requests.ts';

/** Asks a process to write these tracks to these FIFOs. */
export interface UplinkMessage {
  readonly type: 'uplink';
  readonly run: number;
  /** Names the reader: a new one of this name replaces the old one. */
  readonly reader: string;
  readonly outputs: readonly {
    readonly id: string;
    readonly kind: TrackKind;
    readonly path: string;
  }[];
}

/** A process that feeds others by FIFOs: media, or that of an edge. */
export interface ServingFeeder {
  /** Aborts at its end. */
  readonly gone: AbortSignal;
  /** See `ServingMedia.openPipes`. */
  readonly openPipes: (
    ask: (run: number) => UplinkMessage,
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
