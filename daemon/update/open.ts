/** Opens the updates of a box that the launcher has started. */

import { untilAborted } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import type { Notify } from '../../hal/os/systemd/notify.ts';
import type { Task } from '../../hal/os/task.ts';
import type { Config } from '../config/config.ts';
import { NOTHING_HIDDEN } from '../media/hidden-run.ts';
import type { MediaPath } from '../media/media-path.ts';
import type { BoxEvent, UpdateCommand } from '../model/commands.ts';
import { hasCamera } from '../model/phase.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { UpdateState } from '../model/update.ts';
import type { Running } from './install.ts';
import { faultOf, whatWorks } from './self-check.ts';
import { VersionStore } from './store.ts';
import { runTrial } from './trial.ts';
import { readRelease } from './unpack.ts';
import { Updates } from './updates.ts';
import { INSTALLED } from './versions.ts';

interface Box {
  readonly launched: Launched | undefined;
  readonly version: string;
  readonly stateFolder: string;
  readonly live: {
    readonly current: () => Config;
    readonly warning: () => string | undefined;
  };
  readonly mediaPath: Pick<MediaPath, 'setHidden' | 'endedLeftMs'>;
  readonly snapshot: () => BoxSnapshot;
  readonly onEvent: (event: BoxEvent) => void;
  /** Of systemd, which starts the box again when it ends. */
  readonly notify: Pick<Notify, 'hasReceiver'>;
  readonly end: () => void;
  readonly untilEnd: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

export interface BoxUpdates {
  readonly command: UpdateCommand;
  readonly state: () => UpdateState;
  readonly run: Task;
}

/** As systemd/venuebox.sh says in the environment. */
export interface Launched {
  /** Folder of the installed program. */
  readonly program: string;
  /** The version that it has started. */
  readonly id: string;
  /** Arguments that name its config file. */
  readonly config?: readonly string[];
}

export function launchedBy(
  env: Readonly<Record<string, string | undefined>>,
  config: readonly string[] = [],
): Launched | undefined {
  const { VENUEBOX_INSTALLED: program = '', VENUEBOX_RUNS: id = INSTALLED } = env;
  return program === '' ? undefined : { program, id, config };
}

export async function openUpdates(box: Box): Promise<BoxUpdates> {
  const { launched } = box;
  if (launched === undefined || !box.notify.hasReceiver) return withoutUpdates(box.version);
  const store = new VersionStore(box.stateFolder, launched.program, launched.id, launched.config);
  const versions = await store.load();
  const { id } = launched;
  const deps = {
    config: box.live.current,
    setCapturing: (isCapturing: boolean) =>
      box.mediaPath.setHidden({ ...NOTHING_HIDDEN, isCapturing }),
    snapshot: box.snapshot,
    unusedSettings: box.live.warning,
    clock: box.clock,
  };
  return new Updates({
    ...box,
    ...{ store, versions },
    config: () => box.live.current().update,
    running: await runningOf(id, box, store),
    busyWith: () => busyWith(box.snapshot(), box.mediaPath.endedLeftMs()),
    whatWorks: (signal) => whatWorks(deps, signal),
    trial: (signal) =>
      runTrial(
        {
          ...box,
          ...{ id, store },
          phase: () => box.snapshot().drop.phase,
          upMs: process.uptime() * 1000,
          faultOf: (expectation, ends) => faultOf(expectation, deps, ends),
        },
        signal,
      ),
  });
}

/** A checkout is updated by git, and nothing starts it again. */
function withoutUpdates(version: string): BoxUpdates {
  const unsupported = 'this box was not started as a service: update it where it was started';
  return {
    command: async () => ({ status: 'rejected', code: 'UNSUPPORTED', detail: unsupported }),
    state: () => ({ version, unsupported }),
    run: untilAborted,
  };
}

async function runningOf(id: string, box: Box, store: VersionStore): Promise<Running> {
  const { key } = box.live.current().update;
  if (id !== INSTALLED) {
    const { header } = await readRelease(store.folderOf(id), key);
    return { id, version: header.version, built: header.built };
  }
  return { id, version: box.version, built: await store.installedBuilt() };
}

/** Never while a drop has the camera, and not beside what prepares one. */
export function busyWith(
  { drop, dropFaults, readiness, power }: BoxSnapshot,
  endedLeftMs: number,
): string | undefined {
  // In safe mode: a drop is resumed by the version that has proved itself, not by a new one.
  const kept = dropFaults?.notResumed;
  if (kept !== undefined) return `the drop ${kept} waits to be resumed; end it first`;
  if (hasCamera(drop.phase)) return `the drop is ${drop.phase}; end it first`;
  if (readiness?.running !== undefined) return `a ${readiness.running.what} runs`;
  if (endedLeftMs > 0) return 'viewers still play the end of the last drop';
  return power === 'last-minutes' || power === 'shut-down'
    ? 'the battery is nearly empty'
    : undefined;
}
