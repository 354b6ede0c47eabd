import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { parseJournal } from '../../../pipelines/record/journal.ts';
import { openRecorders, type Recorders } from '../../../pipelines/record/recorders.ts';
import type { TargetSettings } from '../../../pipelines/record/settings.ts';
import { childrenOf, until } from '../../support/box.ts';
import { probe } from '../../support/movies.ts';
import { openRealFeed } from '../../support/real-feed.ts';
import { encodeMedia } from '../../support/real-media.ts';
import { openVolume } from '../../support/volume.ts';

const test = suite('redundant recording');
const media = await encodeMedia();

const targetIn = (id: string, folder: string): TargetSettings => ({
  id,
  folder,
  reserveBytes: 0,
  reservePct: 0,
  policy: 'stop',
  isOwnVolume: false,
});

/** A live presentation with recorders on these folders, fed in real time. */
async function goLive(folders: readonly string[]) {
  let recorders: Recorders | undefined;
  const feed = openRealFeed(media, (id) => recorders?.collect(id));
  const targets = folders.map((folder, i) => targetIn(`t${i}`, folder));
  recorders = openRecorders({
    presentation: feed.presentation,
    trackIds: ['high', 'audio'],
    targets,
    clock: systemClock,
    log: silentLog,
    onState: () => undefined,
  });
  const stop = new AbortController();
  const running = recorders.run(stop.signal);
  const timer = setInterval(() => feed.run(0.1), 100);
  const open = recorders;
  const end = async () => {
    clearInterval(timer);
    open.setOn(false);
    stop.abort();
    await running;
  };
  return {
    feed,
    recorders: open,
    /** The recorders' processes, in the order of the targets' ids on their command lines' age. */
    pids: () => childrenOf(process.pid).filter(isRecorder).toSorted((a, b) => a - b),
    recording: () =>
      until(() => open.states().every(({ lagMs }) => lagMs !== undefined), 20_000, () =>
        JSON.stringify(open.states()),
      ),
    end,
    [Symbol.asyncDispose]: end,
  };
}

const COMMANDS = new Map<number, boolean>();
function isRecorder(pid: number): boolean {
  const known = COMMANDS.get(pid);
  if (known !== undefined) return known;
  const command = require_('node:fs').readFileSync(`/proc/${pid}/cmdline`, 'utf8') as string;
  COMMANDS.set(pid, command.includes('record/main'));
  return command.includes('record/main');
}

test.run();
