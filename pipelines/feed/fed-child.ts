import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import { type RunningChild, runNodeChild } from '../../hal/os/process.ts';
import type { Outbox } from './outbox.ts';

export interface FedChild<In> {
  readonly name: string;
  /** The script, from `entryPoint`. */
  readonly entry: string;
  /** What feeds it, over this Unix socket. */
  readonly outbox: Outbox;
  readonly socketPath: string;
  /** Between being asked to end, by the end of its feed, and being ended. */
  readonly graceMs: number;
  readonly onMessage: (message: In) => void;
  /** Called once it runs; it finds its feed at `socketPath`. */
  readonly onStart: (child: RunningChild) => void;
}

/**
 * Runs a process that is fed with parts until it ends; a task for `supervise`.
 * The end of its feed is what ends it in order.
 */
export async function runFedChild<In>(
  spec: FedChild<In>,
  clock: Clock,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const { outbox, socketPath } = spec;
  const server = createServer((socket) => outbox.connect(socket));
  await rm(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  const stop = () => outbox.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await runNodeChild<In>(spec, clock, log, signal);
  } finally {
    signal.removeEventListener('abort', stop);
    server.close();
  }
}
