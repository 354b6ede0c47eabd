/** The uplink process, as the daemon runs it. */

import { anySignal } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import { entryPoint } from '../../../hal/os/process.ts';
import { openWorker } from '../../../hal/os/worker.ts';
import { type PipelineError, pipelineErrorOf } from '../../../pipelines/errors/pipeline-error.ts';
import type { FromUplink, ToUplink, UplinkSettings } from '../../../pipelines/uplink/messages.ts';
import type { MediaChild } from './media.ts';
import { openPipes } from './pipes.ts';

export interface UplinkOptions {
  /** Asked for at each start: what the links have used changes. */
  readonly settings: () => UplinkSettings;
  readonly media: MediaChild;
  readonly clock: Clock;
  readonly log: Log;
  readonly onMessage: (message: FromUplink) => void;
}

export interface UplinkChild {
  /** Runs it until it, or the media process that feeds it, ends; a task for `supervise`. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Sends to it, where one runs. */
  readonly send: (message: ToUplink) => void;
}

/** SIGTERM to SIGKILL: it takes its routing tables down. */
const GRACE_MS = 2_500;

/** libuv threads: the binding's bus poll keeps one, and receivers' names are looked up (see gst.ts). */
const UPLINK_THREADS = '8';

export function openUplink(options: UplinkOptions): UplinkChild {
  const { clock, log } = options;
  const worker = openWorker<UplinkSettings, ToUplink, FromUplink>(
    {
      name: 'uplink',
      entry: entryPoint(import.meta.url, '../../../pipelines/uplink/main'),
      env: { UV_THREADPOOL_SIZE: UPLINK_THREADS },
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
      const ask = (number: number) => ({ type: 'uplink', run: number, outputs }) as const;
      forget = (await media.openPipes(ask, fail, ends.signal)).forget;
      const { onMessage } = options;
      // Each side has its own ends: the end of one is seen by the other.
      const start = { settings, inherit: pipes.fds, onMessage, onStart: pipes.close };
      await worker.run(start, ends.signal);
      if (failing.signal.aborted) throw failing.signal.reason;
      if (media.gone.aborted) throw new Error('the media process that feeds it has ended');
    } finally {
      forget();
    }
  };

  return { run, send: worker.send };
}
