/** Runs one program in a process group of its own, with a time limit. */
import { spawn } from 'node:child_process';
import { withinMs } from './time.ts';

const OUTPUT_CHARACTERS = 2_000_000;

export interface Ended {
  /** The end of what it printed. */
  readonly output: string;
  readonly code: number | null;
  readonly isTimedOut: boolean;
  readonly seconds: number;
}

/**
 * Whatever it leaves running in its group is killed at its end. The time limit is no longer than
 * what the whole run has left.
 *
 * @param isProgress What it prints after which the time limit restarts.
 */
export async function run(
  command: string,
  args: readonly string[],
  timeoutMs: number,
  env: Readonly<Record<string, string>> = {},
  isProgress: (text: string) => boolean = () => false,
): Promise<Ended> {
  const startedMs = performance.now();
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', ...env },
    detached: true,
  });
  let isTimedOut = false;
  const stop = () => {
    isTimedOut = true;
    killGroup(child.pid);
  };
  let timer = setTimeout(stop, withinMs(timeoutMs));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_CHARACTERS);
      if (!isProgress(text)) return;
      clearTimeout(timer);
      timer = setTimeout(stop, withinMs(timeoutMs));
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  killGroup(child.pid);
  return { output, code, isTimedOut, seconds: (performance.now() - startedMs) / 1000 };
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
