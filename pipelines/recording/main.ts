/** The recorder process, one for each target, so that a disk that hangs delays no other. */
import { every } from '../../hal/os/async.ts';
import { monotonicMs, systemClock } from '../../hal/os/clock.ts';
import { lockFolder } from '../../hal/os/folder-lock.ts';
import { type Parent, runAsWorker } from '../../hal/os/worker-child.ts';
import { readFeed } from '../feed/read-feed.ts';
import { ownBoxId } from './files/library.ts';
import type { FromRecorder, RecorderSettings, TargetSettings } from './settings.ts';
import { Target } from './target.ts';

const TICK_MS = 100;
const STATE_EVERY_MS = 1_000;

type Send = (message: FromRecorder) => void;

/** Waits for a recorder before this one that a hanging disk keeps alive. */
async function waitForLock(
  { id, folder }: TargetSettings,
  send: Send,
  signal: AbortSignal,
): Promise<void> {
  const reason = `${folder}: an earlier recorder has not ended yet`;
  while (!(await lockFolder('recorder', folder))) {
    const state = { id, folder, phase: 'failed', failure: 'slow', reason } as const;
    send({ type: 'state', state: { ...state, writtenBps: 0, failuresTotal: 0, lostMs: 0 } });
    await systemClock.sleep(STATE_EVERY_MS, signal);
  }
}

/** The end of its feed is what ends it, not its signal: until then there is something to write. */
async function run(
  { target: settings, trackIds, socketPath }: RecorderSettings,
  { send, follow }: Parent<never, FromRecorder>,
  signal: AbortSignal,
): Promise<void> {
  await waitForLock(settings, send, signal);
  const clock = systemClock;
  const target = new Target({ settings, trackIds, clock, send, monotonicMs, boxId: ownBoxId() });
  follow(() => target.progress());
  const sendState = () => send({ type: 'state', state: target.state() });
  const closed = new AbortController();
  void every(STATE_EVERY_MS, closed.signal, sendState);
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
  closed.abort();
  sendState();
}

runAsWorker<RecorderSettings, never, FromRecorder>(run);
