/** Starts the programs of the chain inside namespaces. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

export interface Worker {
  readonly pid: number;
  ask<Answer>(ask: string, argument?: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts one role of worker.ts in a namespace, or in this one, and waits until it is ready. */
export async function startWorker(
  namespace: string | undefined,
  role: string,
  options: object,
): Promise<Worker> {
  const node = [process.execPath, '--import', 'tsx', WORKER, role, JSON.stringify(options)];
  const [command = '', ...args] = [...inside(namespace), ...node];
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<number, (value: unknown) => void>();
  let asked = 0;
  const answerTo = (id: number) => new Promise<unknown>((done) => waiting.set(id, done));
  child.on('message', ({ id, value }: { id: number; value: unknown }) => {
    waiting.get(id)?.(value);
    waiting.delete(id);
  });
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code) => reject(new Error(`${role} ended with ${code}`)));
  });
  ended.catch(() => undefined);
  await Promise.race([answerTo(0), ended]);
  return {
    pid: child.pid ?? 0,
    ask: async <Answer>(ask: string, argument?: unknown) => {
      const id = ++asked;
      const answer = answerTo(id);
      child.send({ id, ask, argument }, () => undefined);
      return (await Promise.race([answer, ended])) as Answer;
    },
    stop: () => stopChild(child),
  };
}

export interface Command {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a program in a namespace, or in this one, with its output in `logFile`. */
export function startCommand(
  namespace: string | undefined,
  argv: readonly string[],
  logFile: string,
): Command {
  const log = openSync(logFile, 'w');
  const [command = '', ...args] = [...inside(namespace), ...argv];
  const child = spawn(command, args, { stdio: ['ignore', log, log] });
  closeSync(log);
  return { pid: child.pid ?? 0, stop: () => stopChild(child) };
}

function inside(namespace: string | undefined): readonly string[] {
  return namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace];
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 1500);
  await gone;
  clearTimeout(timer);
}
