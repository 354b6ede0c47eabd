/** The recorder process, one for each target, so that a disk that hangs delays no other. */
import { claimFolder } from '../../hal/os/claim.ts';
import { systemClock } from '../../hal/os/clock.ts';
import { readFeed } from '../feed/read-feed.ts';
import type { FromRecorder, ToRecorder } from './settings.ts';
import { Target } from './target.ts';

const TICK_MS = 100;
const STATE_EVERY_MS = 1_000;

function send(message: FromRecorder): void {
  // The media process may be gone: what has arrived is written nevertheless.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Waits for a recorder before this one that a hanging disk keeps alive. */
async function claim({ id, folder }: ToRecorder['target']): Promise<void> {
  const reason = `${folder}: an earlier recorder has not ended yet`;
  while (!(await claimFolder('recorder', folder))) {
    const state = { id, folder, phase: 'failed', failure: 'slow', reason } as const;
    send({ type: 'state', state: { ...state, writtenBps: 0, failuresTotal: 0, lostMs: 0 } });
    await systemClock.sleep(STATE_EVERY_MS);
    // The media process is gone.
    if (!process.connected) process.exit(0);
  }
}

async function run({ target: settings, epochMs, trackIds, socketPath }: ToRecorder) {
  await claim(settings);
  const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;
  const clock = systemClock;
  const target = new Target({ settings, epochMs, trackIds, clock, send, monotonicMs });
  const sendState = () => send({ type: 'state', state: target.state() });
  setInterval(sendState, STATE_EVERY_MS).unref();
  // Repairs the folder before the first part arrives.
  await target.tick();
  sendState();
  for await (const messages of readFeed(socketPath, TICK_MS)) {
    for (const message of messages) {
      await target.take(message);
      await target.tick();
    }
    await target.tick();
  }
  await target.close();
  sendState();
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
