/**
 * A recorder: one process for each target, so that a disk that hangs holds up
 * nobody else. Parts come over a Unix socket, orders over IPC.
 */
import { connect, type Socket } from 'node:net';
import { systemClock } from '../../hal/os/clock.ts';
import type { FromRecorder, ToRecorder } from './settings.ts';
import { Target } from './target.ts';
import { type WireMessage, WireReader } from './wire.ts';

const TICK_MS = 100;
const STATE_EVERY_MS = 1_000;
/** What is read ahead of the disk; beyond it the media process keeps the parts, and drops them. */
const AHEAD_MAX_BYTES = 4_000_000;

function tell(message: FromRecorder): void {
  // The media process may be gone: what has arrived is still written.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Runs until the media process closes the socket; then all that came is on the disk. */
async function run(socket: Socket, target: Target): Promise<void> {
  const reader = new WireReader();
  const ahead: WireMessage[] = [];
  let isOver = false;
  let wake = (): void => undefined;
  let aheadBytes = 0;
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
    for (const message of ahead.splice(0)) {
      await target.take(message);
      await target.tick();
    }
    aheadBytes = 0;
    if (socket.isPaused()) socket.resume();
    await target.tick();
    if (ahead.length > 0 || isOver) continue;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, TICK_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
  await target.close();
}

async function start({ target: settings, epochMs, trackIds, socketPath }: ToRecorder) {
  const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;
  const clock = systemClock;
  const target = new Target({ settings, epochMs, trackIds, clock, tell, monotonicMs });
  const tellState = () => tell({ type: 'state', state: target.state() });
  setInterval(tellState, STATE_EVERY_MS).unref();
  // Mended and made ready before the first part comes.
  await target.tick();
  tellState();
  await run(connect(socketPath), target);
  tellState();
  process.exit(0);
}

process.once('message', (message: ToRecorder) => {
  start(message).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
// The end of the socket is what ends a recorder: until then there is something to write.
process.on('SIGTERM', () => undefined);
process.on('SIGINT', () => undefined);
process.on('disconnect', () => undefined);
