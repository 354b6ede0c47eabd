import { connect } from 'node:net';
import { type WireMessage, WireReader } from './wire.ts';

/** What is read ahead of a slow reader; beyond it the media process keeps the parts, and drops them. */
const AHEAD_MAX_BYTES = 4_000_000;

/**
 * Reads a feed until the media process ends it. Yields what has come, or
 * nothing once every `tickMs`, so that the reader can do what time brings.
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
