/** The child's side of a worker, see worker.ts: settings in, one task, an orderly end. */

import { wakeAtParentDeath } from './libc/parent-death.ts';
import { messageOf, stackOf } from './log.ts';

/** From the parent. */
export type ToWorker<Settings, Command> =
  | { readonly type: 'start'; readonly settings: Settings }
  | { readonly type: 'command'; readonly command: Command };

/** Why a worker's task failed. */
export interface WorkerFailure {
  readonly type: 'failed';
  /** Of the error, where it has one. */
  readonly code?: string;
  readonly message: string;
}

const ALIVE_EVERY_MS = 1_000;
/** An orphan that hangs at its end kills itself: no parent does. */
const ORPHAN_END_MS = 15_000;

/** How far a worker has come: one that has something to do and does nothing is killed. */
export interface Progress {
  /** Changes with each piece that is done. */
  readonly done: number;
  /** What is missing where it stands, for a person: `packets`. */
  readonly of: string;
  /** There is something to do now. */
  readonly isDue: boolean;
}

/** To the parent. */
export type FromWorker<Message> =
  /** Each second, from the process's start: one that is stopped or blocked sends none. */
  | { readonly type: 'alive'; readonly progress?: Progress }
  | { readonly type: 'message'; readonly message: Message }
  | WorkerFailure;

/** The parent, as a worker's task sees it. */
export interface Parent<Command, Message> {
  /** Never fails: without a parent the message is lost. */
  readonly send: (message: Message) => void;
  /** Takes the commands, also those that came before. */
  readonly onCommand: (handler: (command: Command) => void) => void;
  /** Sends what it returns with each sign of life. */
  readonly follow: (progress: () => Progress) => void;
}

export type WorkerTask<Settings, Command, Message> = (
  settings: Settings,
  parent: Parent<Command, Message>,
  signal: AbortSignal,
) => Promise<void>;

/**
 * Makes this process a worker: it runs `task` once its settings have come, and exits when
 * the task has settled. The task's signal aborts on SIGTERM and when the parent is gone.
 * A task that fails is reported, and the exit code is 1.
 *
 * @param drainMs Longest time from the abort to the exit, where the task may hang.
 */
export function runAsWorker<Settings, Command, Message>(
  task: WorkerTask<Settings, Command, Message>,
  { drainMs }: { readonly drainMs?: number } = {},
): void {
  const ending = new AbortController();
  const commands = new CommandQueue<Command>();
  let isStarted = false;
  let progress: (() => Progress) | undefined;
  const run = async (settings: Settings): Promise<void> => {
    const send = (message: Message) => void sendToParent({ type: 'message', message });
    try {
      await task(
        settings,
        {
          send,
          onCommand: (handler) => commands.handle(handler),
          follow: (from) => {
            progress = from;
          },
        },
        ending.signal,
      );
    } catch (error) {
      if (ending.signal.aborted) process.exit(0);
      process.stderr.write(`${stackOf(error)}\n`);
      await sendToParent({ type: 'failed', ...codeOf(error), message: messageOf(error) });
      process.exit(1);
    }
    await lastSent;
    process.exit(0);
  };
  process.on('message', (received: ToWorker<Settings, Command>) => {
    if (received.type === 'command') commands.add(received.command);
    else {
      isStarted = true;
      void run(received.settings);
    }
  });
  const end = () => {
    if (!isStarted) process.exit(0);
    if (ending.signal.aborted) return;
    ending.abort();
    // process.exit waits for threads, and one of them may be what hangs.
    if (drainMs !== undefined) setTimeout(() => process.kill(process.pid, 'SIGKILL'), drainMs);
  };
  setInterval(() => {
    const far = progress?.();
    void sendToParent({ type: 'alive', ...(far === undefined ? {} : { progress: far }) });
  }, ALIVE_EVERY_MS);
  wakeAtParentDeath();
  process.on('disconnect', () => {
    // process.exit waits for threads, and a last message to the parent may never settle.
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), ORPHAN_END_MS);
    end();
  });
  process.on('SIGTERM', end);
  // Ctrl-C in a terminal reaches the parent too, which ends its children in order.
  process.on('SIGINT', () => undefined);
}

/** Commands in order, from the first on, whenever the task is ready for them. */
class CommandQueue<Command> {
  #waiting: Command[] = [];
  #handler: ((command: Command) => void) | undefined;

  add(command: Command): void {
    if (this.#handler === undefined) this.#waiting.push(command);
    else this.#handler(command);
  }

  handle(handler: (command: Command) => void): void {
    this.#handler = handler;
    for (const command of this.#waiting.splice(0)) handler(command);
  }
}

/** Settles when the last message has left; messages leave in order. */
let lastSent: Promise<void> = Promise.resolve();

function sendToParent(message: FromWorker<unknown>): Promise<void> {
  if (process.connected) {
    lastSent = new Promise((resolve) => {
      process.send?.(message, undefined, undefined, () => resolve());
    });
  }
  return lastSent;
}

function codeOf(error: unknown): { readonly code?: string } {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? { code } : {};
}
