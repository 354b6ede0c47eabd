/** The capture process: the encoders, which feed the media process. */

import { anySignal, Condition, withTimeout } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import { entryPoint } from '../../../hal/os/process.ts';
import { WantedRestart } from '../../../hal/os/supervise.ts';
import { openWorker } from '../../../hal/os/worker.ts';
import { METER_ID, SAMPLE_RATE_HZ } from '../../../pipelines/capture/graph.ts';
import type {
  CaptureSettings,
  FromCapture,
  SourceFigures,
  SourceKind,
  ToCapture,
} from '../../../pipelines/capture/messages.ts';
import { PipelineError, pipelineErrorOf } from '../../../pipelines/errors/pipeline-error.ts';
import type { ToMedia } from '../../../pipelines/media/messages.ts';
import type { Sprite } from '../../../pipelines/overlay/sprite.ts';
import type { MediaChild } from './media.ts';
import { openPipes, type Pipes } from './pipes.ts';

export interface CaptureOptions {
  /** Asked for at each start. Never rejects but with the signal's reason. */
  readonly settings: (signal: AbortSignal) => Promise<CaptureSettings>;
  /** The process that it feeds. */
  readonly media: MediaChild;
  readonly clock: Clock;
  readonly log: Log;
  readonly onPlaying: () => void;
  /** Once a second. */
  readonly onFigures: (figures: SourceFigures) => void;
}

/** A capture process whose encoders run. */
export interface PlayingCapture {
  readonly send: (message: ToCapture) => void;
  /** Aborts at its end. */
  readonly gone: AbortSignal;
  /** Lets it read a source's FIFO; resolves with the number of that run once it does. */
  readonly openSource: (kind: SourceKind, path: string, signal: AbortSignal) => Promise<number>;
}

export interface CaptureChild {
  /** Runs it until it, or the media process it feeds, ends; a task for `supervise`. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Sends to it, where one runs. */
  readonly send: (message: ToCapture) => void;
  /** Draws these over the picture, also in the processes that follow. */
  readonly showOverlay: (sprites: readonly Sprite[]) => void;
  /** Ends it for a reason; its supervisor starts it again. */
  readonly restart: (reason: string) => void;
  /** Waits for one whose encoders run. Rejects when `signal` aborts. */
  readonly playing: (signal: AbortSignal) => Promise<PlayingCapture>;
}

/** SIGTERM to SIGKILL. It has nothing to write down. */
const GRACE_MS = 1_000;
/** It answers within milliseconds, or it hangs. */
const OPEN_LIMIT = {
  timeoutMs: 5_000,
  timeoutError: () => new PipelineError('GRAPH_FAILED', 'the capture process does not answer'),
};
/** libuv threads of the capture process: the binding's bus poll keeps one (see gst.ts). */
const CAPTURE_THREADS = '8';

const WORKER = {
  name: 'capture',
  entry: entryPoint(import.meta.url, '../../../pipelines/capture/main'),
  env: { UV_THREADPOOL_SIZE: CAPTURE_THREADS },
  graceMs: GRACE_MS,
  errorOf: pipelineErrorOf,
};

export function openCapture(options: CaptureOptions): CaptureChild {
  const { clock, log } = options;
  const worker = openWorker<CaptureSettings, ToCapture, FromCapture>(WORKER, { clock, log });
  const current = new CurrentCapture(clock, worker.send);
  let restart = (_reason: string): void => undefined;
  let sprites: readonly Sprite[] = [];

  const run = async (signal: AbortSignal): Promise<void> => {
    const settings = await options.settings(signal);
    const media = await options.media.serving(signal);
    const failing = new AbortController();
    const fail = (error: PipelineError | WantedRestart) => failing.abort(error);
    restart = (reason) => fail(new WantedRestart(reason));
    const ids = settings.outputs.map(({ id }) => id);
    await using pipes = await openPipes(ids, 'writing');
    using ends = anySignal(signal, media.gone, failing.signal);
    let forget: () => void = () => undefined;
    try {
      const ask = (number: number): ToMedia => runMessage(number, pipes, settings);
      const piped = await media.openPipes(ask, fail, ends.signal);
      forget = piped.forget;
      const onMessage = (message: FromCapture) => {
        if (ends.signal.aborted) return;
        if (message.type === 'source-opened') current.onOpened(message.run);
        if (message.type === 'figures') options.onFigures(message.figures);
        if (message.type !== 'playing') return;
        media.send({ type: 'clock', run: piped.run, clockUs: message.clockUs });
        current.onPlaying();
        options.onPlaying();
      };
      const onStart = () => {
        // The child has its own copies: the end of a track is its end only.
        pipes.close();
        current.begin();
        if (sprites.length > 0) worker.send({ type: 'overlay', sprites });
      };
      await worker.run({ settings, inherit: pipes.fds, onMessage, onStart }, ends.signal);
      if (failing.signal.aborted) throw failing.signal.reason;
      if (media.gone.aborted) throw new Error('the media process it fed has ended');
    } finally {
      current.end();
      forget();
    }
  };

  return {
    run,
    send: worker.send,
    showOverlay: (next) => {
      sprites = next;
      worker.send({ type: 'overlay', sprites });
    },
    restart: (reason) => restart(reason),
    playing: (signal) => current.playing(signal),
  };
}

/** The capture process that runs now, for those who wait for it. */
class CurrentCapture {
  readonly #clock: Clock;
  readonly #send: (message: ToCapture) => void;
  #gone = new AbortController();
  #isPlaying = false;
  #sourceRuns = 0;
  readonly #started = new Condition();
  readonly #opened = new Map<number, () => void>();

  constructor(clock: Clock, send: (message: ToCapture) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  begin(): void {
    this.#gone = new AbortController();
  }

  onPlaying(): void {
    this.#isPlaying = true;
    this.#started.notifyAll();
  }

  onOpened(run: number): void {
    this.#opened.get(run)?.();
  }

  end(): void {
    this.#isPlaying = false;
    this.#gone.abort();
    this.#opened.clear();
  }

  async playing(signal: AbortSignal): Promise<PlayingCapture> {
    while (!this.#isPlaying) {
      signal.throwIfAborted();
      await this.#started.wait(signal);
    }
    const gone = this.#gone.signal;
    // What is for one of before must not reach the next one.
    const send = (message: ToCapture) => {
      if (!gone.aborted) this.#send(message);
    };
    return {
      send,
      gone,
      openSource: async (kind, path, until) => {
        this.#sourceRuns += 1;
        const run = this.#sourceRuns;
        const isOpen = new Promise<void>((resolve) => this.#opened.set(run, resolve));
        send({ type: 'source', kind, run, path });
        try {
          await withTimeout(() => isOpen, { ...OPEN_LIMIT, clock: this.#clock, signal: until });
        } finally {
          this.#opened.delete(run);
        }
        return run;
      },
    };
  }
}

function runMessage(run: number, { named }: Pipes, { sound }: CaptureSettings): ToMedia {
  const meter = named.find(({ id }) => id === METER_ID)?.path;
  return {
    type: 'run',
    run,
    inputs: named.filter(({ id }) => id !== METER_ID),
    ...(meter === undefined || sound === undefined
      ? {}
      : {
          meter: { path: meter, channels: sound.channels.length, sampleRateHz: SAMPLE_RATE_HZ },
        }),
  };
}
