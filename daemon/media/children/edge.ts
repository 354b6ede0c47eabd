/** The edge process, as the daemon runs it. */

import { anySignal } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import { entryPoint } from '../../../hal/os/process.ts';
import { WantedRestart } from '../../../hal/os/supervise.ts';
import type { Task } from '../../../hal/os/task.ts';
import { openWorker } from '../../../hal/os/worker.ts';
import type { EdgeSettings, FromEdge } from '../../../pipelines/edge/messages.ts';
import { pipelineErrorOf } from '../../../pipelines/errors/pipeline-error.ts';
import type { MediaFigures } from '../../../pipelines/media/messages.ts';

export interface EdgeOptions {
  /** Asked for at each start. */
  readonly settings: () => EdgeSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly onListening: () => void;
  readonly onFigures: (figures: MediaFigures) => void;
}

/** It has nothing to write out. */
const GRACE_MS = 1_000;
/** Its missing figures are noticed before, as `media-silent`. */
const SILENT_MAX_MS = 10_000;

export interface EdgeChild {
  /** Runs it until it ends; a task for `supervise`. */
  readonly run: Task;
  /** Ends one that hangs, without asking it. */
  readonly kill: () => void;
  /** Ends it; its supervisor starts it again, with the settings of then. */
  readonly restart: () => void;
}

export function openEdge({ settings, clock, log, ...on }: EdgeOptions): EdgeChild {
  const worker = openWorker<EdgeSettings, never, FromEdge>(
    {
      name: 'edge',
      entry: entryPoint(import.meta.url, '../../../pipelines/edge/main'),
      graceMs: GRACE_MS,
      silentMaxMs: SILENT_MAX_MS,
      errorOf: pipelineErrorOf,
    },
    { clock, log },
  );
  const onMessage = (message: FromEdge) => {
    if (message.type === 'listening') on.onListening();
    else on.onFigures(message.figures);
  };
  let restart = (): void => undefined;
  const run: Task = async (signal) => {
    const failing = new AbortController();
    restart = () => failing.abort(new WantedRestart('its settings have changed'));
    using ends = anySignal(signal, failing.signal);
    await worker.run({ settings: settings(), onMessage }, ends.signal);
    if (failing.signal.aborted) throw failing.signal.reason;
  };
  return { run, kill: worker.kill, restart: () => restart() };
}
