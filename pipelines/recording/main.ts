/**
 * A recorder: one process for each target, so that a disk that hangs holds up
 * nobody else. Parts come over a Unix socket, orders over IPC.
 */
import { claimFolder } from '../../hal/os/claim.ts';
import { systemClock } from '../../hal/os/clock.ts';
import { readFeed } from '../feed/read-feed.ts';
import type { FromRecorder, ToRecorder } from './settings.ts';
import { Target } from './target.ts';

const TICK_MS = 100;
const STATE_EVERY_MS = 1_000;

function tell(message: FromRecorder): void {
  // The media process may be gone: what has arrived is still written.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Waits for a recorder before this one that a hanging disk keeps alive. */
async function claim({ id, folder }: ToRecorder['target']): Promise<void> {
  const reason = `${folder}: an earlier recorder has not ended yet`;
  while (!(await claimFolder('recorder', folder))) {
    const state = { id, folder, phase: 'failed', failure: 'slow', reason } as const;
    tell({ type: 'state', state: { ...state, writtenBps: 0, failuresTotal: 0, lostMs: 0 } });
    await systemClock.sleep(STATE_EVERY_MS);
    // Nobody is left to record for.
    if (!process.connected) process.exit(0);
  }
}

async function run({ target: settings, epochMs, trackIds, socketPath }: ToRecorder) {
  await claim(settings);
  const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;
  const clock = systemClock;
  const target = new Target({ settings, epochMs, trackIds, clock, tell, monotonicMs });
  const tellState = () => tell({ type: 'state', state: target.state() });
  setInterval(tellState, STATE_EVERY_MS).unref();
  // Mended and made ready before the first part comes.
  await target.tick();
  tellState();
  for await (const messages of readFeed(socketPath, TICK_MS)) {
    for (const message of messages) {
      await target.take(message);
      await target.tick();
    }
    await target.tick();
  }
  await target.close();
  tellState();
}

process.once('message', (message: ToRecorder) => {
  run(message).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
// The end of its feed is what ends a recorder: until then there is something to write.
for (const name of ['SIGTERM', 'SIGINT', 'disconnect']) process.on(name, () => undefined);
