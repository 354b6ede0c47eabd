/**
 * The clips process. It runs at low priority, so that neither hashing nor encoding delays
 * what viewers receive.
 */
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { pause, unlessAborted } from '../../hal/os/async.ts';
import { systemClock } from '../../hal/os/clock.ts';
import { listInside } from '../../hal/os/open-inside.ts';
import { type Parent, runAsWorker } from '../../hal/os/worker-child.ts';
import { readFeed } from '../feed/read-feed.ts';
import { ClipMaker } from './clip-maker.ts';
import type { ClipsStart, FromClips, ToClips } from './messages.ts';

const NICENESS = 10;
const TICK_MS = 250;

async function filesIn(folder: string): Promise<readonly string[]> {
  const names = await listInside(folder, () => true).catch(() => []);
  return names.map((name) => join(folder, name));
}

async function run(
  { socketPath, finishMs, ...settings }: ClipsStart,
  { send, onCommand, follow }: Parent<ToClips, FromClips>,
): Promise<void> {
  // Before any thread starts, since threads inherit it.
  setPriority(NICENESS);
  const [ending, late] = [new AbortController(), new AbortController()];
  const formerFiles = await filesIn(join(settings.folder, 'live'));
  const signals = { live: ending.signal, late: late.signal };
  const maker = new ClipMaker({ settings, formerFiles, ...signals, send });
  const { ring } = maker;
  follow(() => maker.progress());
  await maker.prune();
  onCommand((message) => {
    if (message.type === 'clip') maker.makeClip(message.request, message);
    if (message.type === 'live-posters') maker.hasLivePosters = message.isOn;
  });
  for await (const messages of readFeed(socketPath, TICK_MS)) {
    for (const message of messages) {
      if (message.type === 'init') ring.setInit(message.trackId, message.initId, message.bytes);
      if (message.type === 'part') ring.add(message.part);
    }
    maker.tick();
  }
  ending.abort();
  await Promise.race([maker.finish(), pause(systemClock, finishMs, late.signal)]);
  late.abort();
}

// Without the media process there is nothing to make clips for.
runAsWorker<ClipsStart, ToClips, FromClips>((start, parent, signal) =>
  unlessAborted(run(start, parent), signal),
);
