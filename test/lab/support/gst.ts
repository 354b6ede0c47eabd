/** Runs gst-launch pipelines. */
import { type ChildProcess, spawn } from 'node:child_process';

/** A pipeline of gst-launch that runs until it fails or is closed. */
export interface Launched extends AsyncDisposable {
  readonly pid: number | undefined;
  /** Bytes that have reached its end. */
  bytes(): number;
  /** What it said on stderr, once it has ended by itself. */
  readonly ended: Promise<string>;
  isRunning(): boolean;
}

/** Plays a launch line into a pipe. Its values must hold no spaces. */
export function launch(line: string): Launched {
  const args = ['-q', ...line.split(/\s+/), '!', 'fdsink', 'fd=3'];
  const child: ChildProcess = spawn('gst-launch-1.0', args, {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let bytes = 0;
  let said = '';
  let isRunning = true;
  child.stdio[3]?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  const ended = new Promise<string>((resolve) => {
    child.once('close', () => {
      isRunning = false;
      resolve(said);
    });
  });
  return {
    pid: child.pid,
    bytes: () => bytes,
    ended,
    isRunning: () => isRunning,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
