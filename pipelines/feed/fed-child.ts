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

/** SIGTERM to SIGKILL, for one that did not end with its feed. */
const LATE_GRACE_MS = 200;

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
  signal.throwIfAborted();
  const { outbox, socketPath } = spec;
  const server = createServer((socket) => {
    // One that comes when all is over finds its feed at its end.
    if (signal.aborted) socket.end();
    else outbox.connect(socket);
  });
  await rm(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  const [late, ended] = [new AbortController(), new AbortController()];
  const stop = () => {
    outbox.close();
    // A signal would reach its own children as well, which it may still need.
    const isLate = clock.sleep(spec.graceMs, ended.signal);
    void isLate.then(
      () => late.abort(),
      () => undefined,
    );
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    await runNodeChild<In>({ ...spec, graceMs: LATE_GRACE_MS }, clock, log, late.signal);
  } catch (error) {
    // That its feed is over is why it ended.
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    ended.abort();
    server.close();
  }
}
