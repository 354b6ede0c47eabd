import { anySignal } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import { entryPoint, runNodeChild } from '../../../hal/os/process.ts';
import type { Task } from '../../../hal/os/task.ts';
import type { EdgeSettings, FromEdge, ToEdge } from '../../../pipelines/edge/messages.ts';
import { PipelineError } from '../../../pipelines/errors.ts';
import type { MediaFigures } from '../../../pipelines/media/messages.ts';

export interface EdgeOptions {
  readonly settings: EdgeSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly onListening: () => void;
  readonly onFigures: (figures: MediaFigures) => void;
}

/** It keeps nothing that would have to be written out. */
const GRACE_MS = 1_000;

/** The daemon's hand on the edge process. */
export interface EdgeChild {
  /** One life of it: a task for `supervise`. */
  readonly run: Task;
  /** Ends one that hangs, without asking it. */
  readonly kill: () => void;
}

export function openEdge({ settings, clock, log, ...on }: EdgeOptions): EdgeChild {
  let kill = (): void => undefined;
  const run: Task = async (signal) => {
    const failing = new AbortController();
    using ends = anySignal(signal, failing.signal);
    const onMessage = (message: FromEdge) => {
      if (message.type === 'listening') on.onListening();
      else if (message.type === 'figures') on.onFigures(message.figures);
      else failing.abort(new PipelineError(message.code, message.message));
    };
    try {
      await runNodeChild<FromEdge>(
        {
          name: 'edge',
          entry: entryPoint(import.meta.url, '../../../pipelines/edge/main'),
          graceMs: GRACE_MS,
          onMessage,
          onStart: (child) => {
            kill = () => child.kill();
            child.send({ type: 'start', settings } satisfies ToEdge);
          },
        },
        clock,
        log,
        ends.signal,
      );
    } finally {
      kill = () => undefined;
    }
    if (failing.signal.aborted) throw failing.signal.reason;
  };
  return { run, kill: () => kill() };
}
