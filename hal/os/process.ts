/** Child processes: commands, and Node programs in a process group of their own. */

import { fileURLToPath } from 'node:url';
import { execa, type Message } from 'execa';
import { pause } from './async.ts';
import type { Clock } from './clock.ts';
import { type Log, messageOf } from './log.ts';
import { StderrTail } from './stderr-tail.ts';

/** A child ended on its own: with what code or signal, and its last lines of stderr. */
export class ProcessError extends Error {
  readonly exitCode: number | undefined;
  readonly signalName: string | undefined;
  /** Of the operating system where it could not be started: `ENOENT` where there is no such program. */
  readonly code: string | undefined;

  constructor(
    name: string,
    exitCode?: number,
    signalName?: string,
    tail: readonly string[] = [],
    code?: string,
  ) {
    const how = signalName === undefined ? `exit code ${exitCode ?? '?'}` : `signal ${signalName}`;
    super(`${name} ended with ${how}${tail.length > 0 ? `: ${tail.join(' | ')}` : ''}`);
    this.name = 'ProcessError';
    this.exitCode = exitCode;
    this.signalName = signalName;
    this.code = code;
  }
}

/**
 * Where a child's `main` lies beside the caller, as TypeScript under tsx and as
 * JavaScript in the build.
 *
 * @param module The caller's `import.meta.url`.
 * @param path Without its ending, for example `../pipelines/media/main`.
 */
export function entryPoint(module: string, path: string): string {
  const ending = module.endsWith('.ts') ? '.ts' : '.js';
  return fileURLToPath(new URL(path + ending, module));
}

/**
 * glibc gives each thread heaps of its own, up to eight a core, and gives little
 * of them back: sharp's and Node's threads held 60 MB that two heaps do not hold
 * (`npm run bench soak60`), at no cost in time that could be measured.
 */
const ARENAS = '2';

/** SIGTERM to SIGKILL, for a child that was asked to end otherwise before. */
const LATE_GRACE_MS = 200;

export interface NodeChildSpec<In = never> {
  readonly name: string;
  /** The script, from {@link entryPoint}. */
  readonly entry: string;
  /** Open descriptors the child finds at 3, 4, … */
  readonly inherit?: readonly number[];
  readonly env?: Readonly<Record<string, string>>;
  /** Time between SIGTERM, or `askToEnd`, and SIGKILL. */
  readonly graceMs: number;
  /**
   * Asks it to end in place of SIGTERM, which would reach its own children as well. SIGTERM
   * comes once `graceMs` are over, and SIGKILL soon after.
   */
  readonly askToEnd?: () => void;
  /** Called for each message of the child, in order. */
  readonly onMessage: (message: In) => void;
  /** Called once the child runs, with the way to talk to it. */
  readonly onStart: (child: RunningChild) => void;
}

export interface RunningChild {
  readonly pid: number;
  /** Never rejects: the end of a child shows in its run. */
  send(message: object): void;
  /** Ends its group at once, as it answers no more; its run rejects. */
  kill(): void;
}

/**
 * Runs a Node child in its own process group until it ends.
 *
 * Resolves when `signal` aborted and the whole group is gone. Rejects with
 * {@link ProcessError} when the child ended by itself. A child loses its IPC
 * channel when this process dies, and is expected to exit then.
 */
export async function runNodeChild<In>(
  spec: NodeChildSpec<In>,
  clock: Clock,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  // execa takes any open descriptor, though its types name the first three only.
  const inherited = (spec.inherit ?? []) as unknown as readonly 'inherit'[];
  const child = execa(process.execPath, [...process.execArgv, spec.entry], {
    stdio: ['ignore', 'inherit', 'pipe', ...inherited],
    env: { MALLOC_ARENA_MAX: ARENAS, ...spec.env },
    ipc: true,
    serialization: 'json',
    buffer: false,
    detached: true,
    reject: false,
  });
  const tail = new StderrTail(log.with({ child: spec.name }));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => tail.add(text));
  child.on('message', (message) => spec.onMessage(message as In));

  const { pid } = child;
  if (pid === undefined) {
    const failed = await child;
    throw new ProcessError(spec.name, undefined, undefined, [messageOf(failed.cause ?? failed)]);
  }
  spec.onStart({
    pid,
    kill: () => killGroup(pid, 'SIGKILL'),
    send: (message) => {
      // execa throws at once when the child has disconnected, and rejects later.
      const send = async () => await child.sendMessage(message as Message<'json'>);
      send().catch((error: unknown) => {
        log.debug('message to child process lost', { child: spec.name, reason: messageOf(error) });
      });
    },
  });

  const stop = () => void endGroup(pid, spec, clock, child);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const result = await child;
    // What the child itself started is in its group and ends with it.
    killGroup(pid, 'SIGKILL');
    // Its last messages come before this.
    if (child.connected) await new Promise((resolve) => child.once('disconnect', resolve));
    if (!signal.aborted) {
      throw new ProcessError(spec.name, result.exitCode, result.signal, tail.lines());
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** What it reads from stdin; nothing else. */
  readonly input?: string;
  /** Its working directory. */
  readonly cwd?: string;
}

/** Runs a short command with an argv, never through a shell. Rejects when it cannot be started. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { timeoutMs, signal, input, cwd }: CommandOptions,
): Promise<CommandResult> {
  const result = await execa(command, args, {
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    reject: false,
    timeout: timeoutMs,
    forceKillAfterDelay: 500,
    maxBuffer: 4_000_000,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (result.exitCode === undefined) {
    const { signal: signalName, shortMessage = '', code } = result;
    throw new ProcessError(command, undefined, signalName, [shortMessage], code);
  }
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}

/**
 * Runs a command that keeps on writing, and calls back for each line of its output, until it
 * ends or `signal` aborts. Rejects when it cannot be started or fails.
 */
export async function followCommand(
  command: string,
  args: readonly string[],
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const child = execa(command, args, {
    stdin: 'ignore',
    stderr: 'ignore',
    buffer: false,
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay: 500,
  });
  for await (const line of child) onLine(line);
  const { exitCode, signal: signalName, shortMessage } = await child;
  if (signal.aborted || exitCode === 0) return;
  throw new ProcessError(
    command,
    exitCode,
    signalName,
    exitCode === undefined ? [shortMessage ?? ''] : [],
  );
}

async function endGroup(
  pid: number,
  { graceMs, askToEnd }: Pick<NodeChildSpec, 'graceMs' | 'askToEnd'>,
  clock: Clock,
  child: PromiseLike<unknown>,
): Promise<void> {
  const ended = new AbortController();
  void Promise.resolve(child).finally(() => ended.abort());
  if (askToEnd === undefined) killGroup(pid, 'SIGTERM');
  else {
    askToEnd();
    if (!(await pause(clock, graceMs, ended.signal))) return;
    killGroup(pid, 'SIGTERM');
  }
  const killInMs = askToEnd === undefined ? graceMs : LATE_GRACE_MS;
  if (await pause(clock, killInMs, ended.signal)) killGroup(pid, 'SIGKILL');
}

function killGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // ESRCH: the group is gone, which is what was wanted.
  }
}
