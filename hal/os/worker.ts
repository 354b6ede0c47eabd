/** The parent's side of a child process that is a program of ours: start, messages, end. */

import { anySignal, every } from './async.ts';
import type { ClockAndLog } from './log.ts';
import { type NodeChildSpec, ProcessError, type RunningChild, runNodeChild } from './process.ts';
import type { FromWorker, Progress, ToWorker, WorkerFailure } from './worker-child.ts';

export interface WorkerSpec extends Pick<NodeChildSpec, 'name' | 'entry' | 'env' | 'askToEnd'> {
  /** From being asked to end until it is ended. */
  readonly graceMs: number;
  /** So long without any message, and it is killed; its run rejects with a `ProcessError`. */
  readonly silentMaxMs?: number;
  /** Its start may block for longer: GStreamer examines its plugins, a camera opens. */
  readonly startMaxMs?: number;
  /** So long without progress although there is something to do, and it is killed, too. */
  readonly standsMaxMs?: number;
  /** The error of what the child reports as its failure. */
  readonly errorOf?: (failure: WorkerFailure) => Error;
}

/** @param signal Aborts when the process is to end, or has: nobody needs them any more. */
type Later<Settings> = (signal: AbortSignal) => Promise<Settings>;

/** One run of a worker. */
interface WorkerRun<Settings, Message> extends Pick<NodeChildSpec, 'inherit'> {
  /** Where they come later the process starts meanwhile, and its task once they are there. */
  readonly settings: Settings | Later<Settings>;
  readonly onMessage: (message: Message) => void;
  readonly onStart?: (child: RunningChild) => void;
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

const SILENT_MAX_MS = 5_000;
const STANDS_MAX_MS = 5_000;
const START_MAX_MS = 20_000;
/** Until Node runs its program. */
const BOOT_CHECKS = 60;
const CHECK_MS = 1_000;

/**
 * A child process whose `main` calls `runAsWorker`. It runs in its own process group, gets
 * its settings by message, is asked to end with SIGTERM (or `askToEnd`), and is ended with
 * SIGKILL after `graceMs`. It ends itself when its parent dies. It reports each second that
 * it is alive and how far it has come, and is killed when it is silent or stands.
 */
export function openWorker<Settings extends object, Command, Message>(
  spec: WorkerSpec,
  { clock, log }: ClockAndLog,
): Worker<Settings, Command, Message> {
  const { errorOf = ({ message }) => new Error(`${spec.name}: ${message}`) } = spec;
  let running: RunningChild | undefined;
  const send = (message: ToWorker<Settings, Command>) => running?.send(message);
  return {
    send: (command) => send({ type: 'command', command }),
    kill: () => running?.kill(),
    run: async ({ settings, inherit = [], onMessage, onStart }, signal) => {
      const failing = new AbortController();
      const ended = new AbortController();
      using ends = anySignal(signal, failing.signal);
      using until = anySignal(ends.signal, ended.signal);
      const silence = new Silence(spec);
      const standing = new Standing(spec);
      const fail = (error: unknown) => failing.abort(error);
      const kill = (reason: string) => {
        failing.abort(new ProcessError(spec.name, undefined, 'SIGKILL', [reason]));
        running?.kill();
      };
      const later = isLater(settings) ? settings(until.signal) : undefined;
      const child: NodeChildSpec<FromWorker<Message>> = {
        ...spec,
        inherit,
        onMessage: (received) => {
          silence.end();
          if (received.type === 'alive') {
            const stands = standing.add(received.progress);
            if (stands !== undefined && !ends.signal.aborted) kill(stands);
          } else if (received.type === 'message') onMessage(received.message);
          else if (received.type === 'failed') failing.abort(errorOf(received));
        },
        onStart: (started) => {
          running = started;
          const toThis = (one: Settings) => {
            if (running === started) send({ type: 'start', settings: one });
          };
          if (isLater(settings)) later?.then(toThis, fail);
          else toThis(settings);
          onStart?.(started);
        },
      };
      // Also while it ends: one that hangs has no use for its grace.
      void every(CHECK_MS, ended.signal, () => {
        if (silence.isTooLong()) kill(silence.reason);
      });
      // Where it never starts nobody else takes the rejection.
      later?.catch(() => undefined);
      try {
        await runNodeChild(child, clock, log, ends.signal);
      } finally {
        running = undefined;
        ended.abort();
      }
      if (!signal.aborted) failing.signal.throwIfAborted();
    },
  };
}

function isLater<Settings extends object>(
  settings: Settings | Later<Settings>,
): settings is Later<Settings> {
  return typeof settings === 'function';
}

/** Counted in checks, not by a clock: where this process was held up too, its child is not blamed. */
class Silence {
  readonly reason: string;
  readonly #silentMax: number;
  readonly #startMax: number;
  /** Since it first reported. */
  #checks: number | undefined;
  #silent = 0;

  constructor({ silentMaxMs = SILENT_MAX_MS, startMaxMs = START_MAX_MS }: WorkerSpec) {
    this.reason = `it did not answer for ${silentMaxMs / 1_000} s and was killed`;
    this.#silentMax = silentMaxMs / CHECK_MS;
    this.#startMax = startMaxMs / CHECK_MS;
  }

  end(): void {
    this.#checks ??= 0;
    this.#silent = 0;
  }

  isTooLong(): boolean {
    this.#silent += 1;
    if (this.#checks === undefined) return this.#silent > BOOT_CHECKS;
    this.#checks += 1;
    return this.#checks > this.#startMax && this.#silent > this.#silentMax;
  }
}

/**
 * Counted in reports, each of which the child makes a second after the one before: where the
 * machine is slow, both come late.
 */
class Standing {
  readonly #max: number;
  #last: Progress | undefined;
  #reports = 0;

  constructor({ standsMaxMs = STANDS_MAX_MS }: WorkerSpec) {
    this.#max = standsMaxMs / CHECK_MS;
  }

  /** Why the child is to be killed; undefined where it gets on, or has nothing to do. */
  add(progress: Progress | undefined): string | undefined {
    const stands =
      progress?.isDue === true && this.#last?.isDue === true && progress.done === this.#last.done;
    this.#last = progress;
    this.#reports = stands ? this.#reports + 1 : 0;
    if (progress === undefined || this.#reports < this.#max) return undefined;
    return `it stood: no ${progress.of} for ${this.#max} s, and was killed`;
  }
}
