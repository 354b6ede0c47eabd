/**
 * The clips process. It runs at low priority, so that neither hashing nor encoding delays
 * what viewers receive.
 */
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { readFeed } from '../feed/read-feed.ts';
import { ClipMaker } from './clip-maker.ts';
import type { FromClips, ToClips } from './messages.ts';

const NICENESS = 10;
const TICK_MS = 250;

function send(message: FromClips): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.map((name) => join(folder, name));
}

type Start = Extract<ToClips, { type: 'start' }>;

async function run({ settings, socketPath, finishMs }: Start): Promise<void> {
  // Before any thread starts, since threads inherit it.
  setPriority(NICENESS);
  const [ending, late] = [new AbortController(), new AbortController()];
  const formerFiles = await filesIn(join(settings.folder, 'live'));
  const signals = { live: ending.signal, late: late.signal };
  const maker = new ClipMaker({ settings, formerFiles, ...signals, send });
  const { ring } = maker;
  process.on('message', (message: ToClips) => {
    if (message.type === 'clip') maker.makeClip(message.request, message.seconds);
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
  setTimeout(() => late.abort(), finishMs);
  await Promise.race([maker.finish(), once(late.signal, 'abort')]);
}

process.once('message', (message: Start) => {
  run(message).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
// The media process is gone.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
