/** Reads the feed of a media process, in a child process. */
import { connect } from 'node:net';
import { type WireMessage, WireReader } from './wire.ts';

/** How much is read ahead; beyond it the parts queue up in the media process, which drops them. */
const AHEAD_MAX_BYTES = 4_000_000;

/**
 * Reads until the media process ends the feed. Yields what has arrived, or an empty list
 * after `tickMs` without messages, so that the caller can do work that depends on time.
 */
export async function* readFeed(
  socketPath: string,
  tickMs: number,
): AsyncGenerator<readonly WireMessage[]> {
  const reader = new WireReader();
  let ahead: WireMessage[] = [];
  let aheadBytes = 0;
  let isOver = false;
  let wake = (): void => undefined;
  const socket = connect(socketPath);
  socket.on('data', (chunk: Buffer) => {
    const messages = reader.push(chunk);
    if (messages === 'malformed') {
      socket.destroy();
      return;
    }
    ahead.push(...messages);
    aheadBytes += chunk.length;
    if (aheadBytes > AHEAD_MAX_BYTES) socket.pause();
    wake();
  });
  socket.on('error', () => undefined);
  socket.once('close', () => {
    isOver = true;
    wake();
  });
  while (!isOver || ahead.length > 0) {
    const messages = ahead;
    ahead = [];
    aheadBytes = 0;
    yield messages;
    if (socket.isPaused()) socket.resume();
    if (ahead.length > 0 || isOver) continue;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, tickMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
