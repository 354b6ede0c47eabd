/** Starts and ends any program for a test. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { entryPoint } from '../../hal/os/process.ts';
import { DAEMON } from './daemon.ts';

/** A program that a test has started, and ends. */
export interface Program extends AsyncDisposable {
  readonly child: ChildProcess;
  /** The end of all it has printed. */
  output(): string;
  readonly ended: Promise<number | null>;
}

/** @param stdoutFile Takes what it writes to stdout, for example media. */
export function startProgram(
  command: string,
  args: readonly string[],
  stdoutFile?: string,
): Program {
  const stdout = stdoutFile === undefined ? 'pipe' : openSync(stdoutFile, 'w');
  const child = spawn(command, args, { stdio: ['ignore', stdout, 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-100_000);
    });
  }
  return {
    child,
    output: () => output,
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

/**
 * Arguments for Node that run a program of this repository as the test itself is run.
 *
 * @param path From the root, without its ending.
 */
export function nodeProgram(path: string): readonly string[] {
  return [...process.execArgv, entryPoint(import.meta.url, `../../${path}`)];
}

/** The command line. */
export function startVenuebox(...args: readonly string[]): Program {
  return startProgram(process.execPath, [...DAEMON, ...args]);
}

/** So slow is no machine: it hangs. */
const HANGS_AFTER_MS = 120_000;

/** The same, until it ends by itself. The code of one that hangs is -1. */
export function runVenuebox(
  ...args: readonly string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const options = { timeout: HANGS_AFTER_MS };
    execFile(process.execPath, [...DAEMON, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      resolve({ code: typeof code === 'number' ? code : -1, stdout, stderr });
    });
  });
}
