/** A child process that consumes access units (uplink, RTMP, WHEP), fed by FIFOs from the media process or an edge. */

import { anySignal } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import { entryPoint } from '../../../hal/os/process.ts';
import { openWorker } from '../../../hal/os/worker.ts';
import { type PipelineError, pipelineErrorOf } from '../../../pipelines/errors/pipeline-error.ts';
import type { Feeder } from './current.ts';
import { openPipes } from './pipes.ts';

/** The part of its settings that says what it is fed. */
interface ConsumerSettings {
  /** Each comes by an inherited descriptor, in this order. */
  readonly tracks: readonly { readonly id: string; readonly kind: 'video' | 'audio' }[];
}

export interface ConsumerOptions<Settings, Message> {
  /** Of the process, and of its feed in the one that feeds it. */
  readonly name: string;
  /** Its `main`, below pipelines/. */
  readonly program: 'uplink' | 'rtmp' | 'whep';
  /** Asked for at each start, and again once the pipes are open: until then commands are lost. */
  readonly settings: () => Settings;
  /** The process that feeds it. */
  readonly media: Feeder;
  readonly clock: Clock;
  readonly log: Log;
  readonly onMessage: (message: Message) => void;
}

export interface UnitConsumer<Command> {
  /** Runs it until it, or the process that feeds it, ends; a task for `supervise`. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Sends to it, where one runs. */
  readonly send: (message: Command) => void;
}

/** SIGTERM to SIGKILL: it takes its routing tables down. */
const GRACE_MS = 1_000;

/** libuv threads: the binding's bus poll keeps one, and receivers' names are looked up (see gst.ts). */
const THREADS = '8';

export function openUnitConsumer<Settings extends ConsumerSettings, Command, Message>(
  options: ConsumerOptions<Settings, Message>,
): UnitConsumer<Command> {
  const { name, program, clock, log, onMessage } = options;
  const worker = openWorker<Settings, Command, Message>(
    {
      name,
      entry: entryPoint(import.meta.url, `../../../pipelines/${program}/main`),
      env: { UV_THREADPOOL_SIZE: THREADS },
      graceMs: GRACE_MS,
      errorOf: pipelineErrorOf,
    },
    { clock, log },
  );

  const run = async (signal: AbortSignal): Promise<void> => {
    const media = await options.media.serving(signal);
    const settings = options.settings();
    const failing = new AbortController();
    const fail = (error: PipelineError) => failing.abort(error);
    using ends = anySignal(signal, media.gone, failing.signal);
    await using pipes = await openPipes(
      settings.tracks.map(({ id }) => id),
      'reading',
    );
    let forget: () => void = () => undefined;
    try {
      const outputs = pipes.named.map(({ id, path }, i) => ({
        id,
        path,
        kind: settings.tracks[i]?.kind ?? 'video',
      }));
      const ask = (number: number) =>
        ({ type: 'uplink', run: number, reader: name, outputs }) as const;
      forget = (await media.openPipes(ask, fail, ends.signal)).forget;
      // Each side has its own ends: the end of one is seen by the other.
      const current = { ...options.settings(), tracks: settings.tracks };
      const start = { settings: current, inherit: pipes.fds, onMessage, onStart: pipes.close };
      await worker.run(start, ends.signal);
      if (failing.signal.aborted) throw failing.signal.reason;
      media.gone.throwIfAborted();
    } finally {
      forget();
    }
  };

  return { run, send: worker.send };
}
