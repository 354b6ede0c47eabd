/** The edge process, as the daemon runs it. */

import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import { entryPoint } from '../../../hal/os/process.ts';
import type { Task } from '../../../hal/os/task.ts';
import { openWorker } from '../../../hal/os/worker.ts';
import type { EdgeSettings, FromEdge } from '../../../pipelines/edge/messages.ts';
import { pipelineErrorOf } from '../../../pipelines/errors/pipeline-error.ts';
import type { MediaFigures } from '../../../pipelines/media/messages.ts';

export interface EdgeOptions {
  readonly settings: EdgeSettings;
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
  return { run: (signal) => worker.run({ settings, onMessage }, signal), kill: worker.kill };
}
