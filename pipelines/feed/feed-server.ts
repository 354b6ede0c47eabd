/** Feeds parts over a Unix socket to a process, for as long as it runs. */
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Outbox } from './outbox.ts';

/**
 * Runs `work`, whose process finds its feed at `socketPath`. The end of the feed is what
 * asks the process to end: a signal would reach its own children as well, which it may
 * still need.
 *
 * @param signal When it has aborted, a process that connects finds its feed at its end.
 */
export async function withFeed(
  outbox: Outbox,
  socketPath: string,
  work: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const server = createServer((socket) => {
    if (signal.aborted) socket.end();
    else outbox.connect(socket);
  });
  await rm(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  try {
    await work();
  } finally {
    server.close();
  }
}
