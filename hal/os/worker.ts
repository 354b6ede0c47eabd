/** The parent's side of a child process that is a program of ours: start, messages, end. */

import { anySignal } from './async.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import { type NodeChildSpec, type RunningChild, runNodeChild } from './process.ts';
import type { FromWorker, ToWorker, WorkerFailure } from './worker-child.ts';

export interface WorkerSpec extends Pick<NodeChildSpec, 'name' | 'entry' | 'env' | 'askToEnd'> {
  /** From being asked to end until it is ended. */
  readonly graceMs: number;
  /** The error of what the child reports as its failure. */
  readonly errorOf?: (failure: WorkerFailure) => Error;
}

/** One run of a worker. */
export interface WorkerRun<Settings, Message> extends Pick<NodeChildSpec, 'inherit'> {
  readonly settings: Settings;
  readonly onMessage: (message: Message) => void;
  readonly onStart?: () => void;
}

export interface Worker<Settings, Command, Message> {
  /**
   * Starts the process and waits for its end. Resolves when `signal` aborted and its
   * process group is gone. Rejects with what it reported as its failure, or with a
   * `ProcessError` when it ended by itself.
   */
  run(run: WorkerRun<Settings, Message>, signal: AbortSignal): Promise<void>;
  /** Sends to the process that runs; lost where none does. */
  send(command: Command): void;
  /** Ends one that answers no more at once; its run rejects. */
  kill(): void;
}

/**
 * A child process whose `main` calls `runAsWorker`. It runs in its own process group, gets
 * its settings by message, is asked to end with SIGTERM (or `askToEnd`), and is ended with
 * SIGKILL after `graceMs`. It ends itself when its parent dies.
 */
export function openWorker<Settings, Command, Message>(
  spec: WorkerSpec,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Worker<Settings, Command, Message> {
  const { errorOf = ({ message }) => new Error(`${spec.name}: ${message}`) } = spec;
  let running: RunningChild | undefined;
  const send = (message: ToWorker<Settings, Command>) => running?.send(message);
  return {
    send: (command) => send({ type: 'command', command }),
    kill: () => running?.kill(),
    run: async ({ settings, inherit = [], onMessage, onStart }, signal) => {
      const failing = new AbortController();
      using ends = anySignal(signal, failing.signal);
      const child: NodeChildSpec<FromWorker<Message>> = {
        ...spec,
        inherit,
        onMessage: (received) => {
          if (received.type === 'message') onMessage(received.message);
          else failing.abort(errorOf(received));
        },
        onStart: (started) => {
          running = started;
          send({ type: 'start', settings });
          onStart?.();
        },
      };
      try {
        await runNodeChild(child, clock, log, ends.signal);
      } finally {
        running = undefined;
      }
      if (!signal.aborted) failing.signal.throwIfAborted();
    },
  };
}
