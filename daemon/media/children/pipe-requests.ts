/** Pipes that the media process, or that of an edge, is asked to open: what is waited for, and what is wrong with them. */
import { anySignal, withTimeout } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import { PipelineError } from '../../../pipelines/errors/pipeline-error.ts';
import type { PipesMessage } from '../../../pipelines/feed/uplink-request.ts';

export interface PipedMedia {
  readonly run: number;
  /** Forgets the pipes. */
  readonly forget: () => void;
}

interface Waiting {
  readonly onOpened: () => void;
  readonly onBroken: (error: PipelineError) => void;
}

export interface PipeRequestsDeps<Message> {
  readonly clock: Clock;
  readonly send: (message: Message) => void;
}

/** It answers within milliseconds, or it is stuck. */
const OPEN_LIMIT = {
  timeoutMs: 5_000,
  timeoutError: () => new PipelineError('GRAPH_FAILED', 'the media process does not answer'),
};

export class PipeRequests<Message> {
  readonly #deps: PipeRequestsDeps<Message>;
  readonly #waiting = new Map<number, Waiting>();
  #lastRun = 0;

  constructor(deps: PipeRequestsDeps<Message>) {
    this.#deps = deps;
  }

  onMessage(message: PipesMessage): void {
    const waiting = this.#waiting.get(message.run);
    if (message.type === 'opened') waiting?.onOpened();
    else waiting?.onBroken(new PipelineError('GRAPH_FAILED', message.message));
  }

  /** See `ServingFeeder.openPipes`. */
  async open(
    ask: (run: number) => Message,
    onBroken: (error: PipelineError) => void,
    signal: AbortSignal,
    gone: AbortSignal,
  ): Promise<PipedMedia> {
    const { clock, send } = this.#deps;
    this.#lastRun += 1;
    const run = this.#lastRun;
    const forget = () => void this.#waiting.delete(run);
    const isOpen = new Promise<void>((resolve) => {
      this.#waiting.set(run, { onOpened: resolve, onBroken });
    });
    send(ask(run));
    using ends = anySignal(signal, gone);
    try {
      await withTimeout(() => isOpen, { ...OPEN_LIMIT, clock, signal: ends.signal });
    } catch (error) {
      forget();
      throw error;
    }
    return { run, forget };
  }
}
