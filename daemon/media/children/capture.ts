/** The capture process: the encoders, which feed the media process. */

import { anySignal, withTimeout } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import type { ClockAndLog } from '../../../hal/os/log.ts';
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
import { Current } from './current.ts';
import type { MediaChild } from './media.ts';
import { closeAfterBoth, openPipes, type Pipes } from './pipes.ts';

export interface CaptureOptions extends ClockAndLog {
  /** Asked for at each start. Never rejects but with the signal's reason. */
  readonly settings: (signal: AbortSignal) => Promise<CaptureSettings>;
  /** The process that it feeds. */
  readonly media: MediaChild;
  readonly onPlaying: () => void;
  /** Once a second. */
  readonly onFigures: (figures: SourceFigures) => void;
}

/** A capture process whose encoders run. */
export interface PlayingCapture {
  readonly send: (message: ToCapture) => void;
  /** Aborts at its end, or when it is to end. */
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
  /** Waits for one that starts, or whose encoders run. Rejects when `signal` aborts. */
  readonly begun: (signal: AbortSignal) => Promise<Pick<PlayingCapture, 'gone'>>;
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
  const worker = openWorker<CaptureSettings, ToCapture, FromCapture>(WORKER, options);
  const current = new CurrentCapture(options.clock, worker.send);
  let restart = (_reason: string): void => undefined;
  let sprites: readonly Sprite[] = [];

  const run = async (signal: AbortSignal): Promise<void> => {
    const settings = await options.settings(signal);
    // Where media starts too, both load at once.
    const { gone } = await options.media.begun(signal);
    const failing = new AbortController();
    const fail = (error: PipelineError | WantedRestart) => failing.abort(error);
    restart = (reason) => fail(new WantedRestart(reason));
    await using pipes = await openPipes(settings.outputs.map(idOf), 'writing');
    using ends = anySignal(signal, gone, failing.signal);
    // What it reads from ends with it, and not after it.
    ends.signal.addEventListener('abort', () => current.end(), { once: true });
    // The child has its own copies: the end of a track is its end only.
    const close = closeAfterBoth(pipes);
    let [mediaRun, forget] = [0, (): void => undefined];
    const connect = async (until: AbortSignal): Promise<CaptureSettings> => {
      const media = await options.media.serving(until);
      const ask = (of: number) => runMessage(of, pipes, settings);
      ({ run: mediaRun, forget } = await media.openPipes(ask, fail, until));
      close();
      return settings;
    };
    try {
      const onMessage = (message: FromCapture) => {
        if (!ends.signal.aborted) report(message, options, current, mediaRun);
      };
      const onStart = () => {
        close();
        current.begin();
        if (sprites.length > 0) worker.send({ type: 'overlay', sprites });
      };
      const start = { settings: connect, inherit: pipes.fds, onMessage, onStart };
      await worker.run(start, ends.signal);
      if (failing.signal.aborted) throw failing.signal.reason;
      gone.throwIfAborted();
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
    begun: current.begun,
    playing: current.playing,
  };
}

const idOf = ({ id }: CaptureSettings['outputs'][number]) => id;

function report(
  message: FromCapture,
  { media, ...on }: CaptureOptions,
  current: CurrentCapture,
  mediaRun: number,
): void {
  if (message.type === 'source-opened') current.onOpened(message.run);
  if (message.type === 'figures') on.onFigures(message.figures);
  if (message.type !== 'playing') return;
  media.send({ type: 'clock', run: mediaRun, clockUs: message.clockUs });
  current.onPlaying();
  on.onPlaying();
}

/** The capture process that runs now, for those who wait for it. */
class CurrentCapture {
  readonly #clock: Clock;
  readonly #send: (message: ToCapture) => void;
  #gone = new AbortController();
  #sourceRuns = 0;
  readonly #begun = new Current<Pick<PlayingCapture, 'gone'>>();
  readonly #playing = new Current<PlayingCapture>();
  readonly #opened = new Map<number, () => void>();

  constructor(clock: Clock, send: (message: ToCapture) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  readonly begun: CaptureChild['begun'] = (signal) => this.#begun.wait(signal);
  readonly playing: CaptureChild['playing'] = (signal) => this.#playing.wait(signal);

  begin(): void {
    this.#gone = new AbortController();
    this.#begun.set({ gone: this.#gone.signal });
  }

  onPlaying(): void {
    const gone = this.#gone.signal;
    // What is for one of before must not reach the next one.
    const send = (message: ToCapture) => {
      if (!gone.aborted) this.#send(message);
    };
    const openSource = this.#openSource.bind(this, send);
    this.#playing.set({ send, gone, openSource });
  }

  onOpened(run: number): void {
    this.#opened.get(run)?.();
  }

  end(): void {
    this.#begun.set(undefined);
    this.#playing.set(undefined);
    this.#gone.abort();
    this.#opened.clear();
  }

  async #openSource(
    send: PlayingCapture['send'],
    kind: SourceKind,
    path: string,
    signal: AbortSignal,
  ): Promise<number> {
    signal.throwIfAborted();
    this.#sourceRuns += 1;
    const run = this.#sourceRuns;
    const isOpen = new Promise<void>((resolve) => this.#opened.set(run, resolve));
    send({ type: 'source', kind, run, path });
    try {
      await withTimeout(() => isOpen, { ...OPEN_LIMIT, clock: this.#clock, signal });
    } finally {
      this.#opened.delete(run);
    }
    return run;
  }
}

function runMessage(run: number, { named }: Pipes, { sound, slates }: CaptureSettings): ToMedia {
  const meter = named.find(({ id }) => id === METER_ID)?.path;
  return {
    type: 'run',
    run,
    inputs: named.filter(({ id }) => id !== METER_ID),
    slates,
    ...(meter === undefined || sound === undefined
      ? {}
      : {
          meter: { path: meter, channels: sound.channels.length, sampleRateHz: SAMPLE_RATE_HZ },
        }),
  };
}
