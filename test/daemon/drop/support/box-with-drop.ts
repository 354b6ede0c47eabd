/** A drop machine and its commander, with a box that does what the test says. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCommander } from '../../../../daemon/drop/commander.ts';
import type { DropEffects } from '../../../../daemon/drop/effects.ts';
import { openDrop } from '../../../../daemon/drop/machine.ts';
import type { BoxEvent, Command, Outcome, Verb } from '../../../../daemon/model/commands.ts';
import type { BoxSnapshot } from '../../../../daemon/model/snapshot.ts';
import type { BootClock } from '../../../../hal/os/clock.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { type Disk, systemDisk } from '../../../../hal/os/save-file.ts';
import { figures, WELL } from '../../../support/snapshot.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

export const never = new AbortController().signal;

interface Options {
  readonly folder?: string;
  readonly start?: 'idle' | 'live';
  readonly effects?: Partial<DropEffects>;
  readonly first?: Partial<BoxSnapshot>;
  /** How far its clock is ahead of the virtual one. */
  readonly aheadMs?: () => number;
  readonly disk?: Disk;
  readonly boot?: BootClock;
  /** In safe mode. */
  readonly isKeeping?: boolean;
}

/** A machine over a box whose camera comes with capture. */
export async function startMachine({
  folder,
  start = 'idle',
  effects = {},
  first = {},
  aheadMs = () => 0,
  disk = systemDisk,
  boot,
  isKeeping = false,
}: Options = {}) {
  const clock = new VirtualClock();
  const stateFile = join(folder ?? (await mkdtemp(join(tmpdir(), 'venuebox-drop-'))), 'drop.json');
  const waited = waitFor(disk);
  const did: string[] = [];
  const events: BoxEvent[] = [];
  let isCapturing = false;
  let change: Partial<BoxSnapshot> = first;
  const snapshot = (): BoxSnapshot => ({
    ...WELL,
    media: figures({ isFlowing: isCapturing }),
    ...change,
    drop: drop.state(),
  });
  const drop = await openDrop({
    stateFile,
    isKeeping,
    start,
    resumeWithinS: isKeeping ? 0 : 1800,
    clock: {
      wallMs: () => clock.wallMs() + aheadMs(),
      monotonicMs: () => clock.monotonicMs(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
    },
    log: silentLog,
    disk: waited.disk,
    ...(boot && { boot }),
    snapshot: () => snapshot(),
    onEvent: (event) => events.push(event),
    effects: {
      setCapturing: (isWanted) => {
        isCapturing = isWanted;
        did.push(isWanted ? 'capture' : 'no capture');
      },
      beginDrop: async (dropId, isResumed) => {
        did.push(isResumed ? `resume ${dropId}` : 'begin');
      },
      endDrop: async () => {
        did.push('end');
      },
      mark: async ({ label }) => {
        did.push(`mark ${label ?? ''}`.trim());
        return { clip: 'clip.mp4' };
      },
      powerOff: async () => {
        did.push('power off');
      },
      ...effects,
    },
  });
  const printed: unknown[] = [];
  const commander = openCommander({
    switchCamera: () => ({ status: 'done', detail: '' }),
    overlay: () => ({ status: 'done', detail: '' }),
    order: async () => ({ status: 'done', detail: '' }),
    drops: async () => ({ status: 'done', detail: '' }),
    update: async () => ({ status: 'done', detail: '' }),
    drop,
    snapshot,
    print: async (args, isDryRun) => {
      printed.push([args, isDryRun]);
      return { status: 'done', detail: 'printed' };
    },
  });
  const stop = new AbortController();
  const running = drop.run(stop.signal);
  const command = (verb: Verb, more: Partial<Command> = {}): Command => ({
    verb,
    args: {},
    by: 'cli',
    ...more,
  });
  return {
    clock,
    drop,
    did,
    events,
    stateFile,
    /** Resolves when the disk has done what it was asked. */
    idle: waited.idle,
    printed,
    progress: [] as string[],
    set: (next: Partial<BoxSnapshot>) => {
      change = next;
    },
    /** Runs a command while time passes until it is done. */
    async run(verb: Verb, more: Partial<Command> = {}): Promise<Outcome> {
      let outcome: Outcome | undefined;
      const tell = ({ detail }: { detail: string }) => this.progress.push(detail);
      void commander.run(command(verb, more), tell, never).then((it) => {
        outcome = it;
      });
      for (let i = 0; i < 100 && outcome === undefined; i += 1) {
        await clock.advance(500);
        await waited.idle();
      }
      if (outcome === undefined) throw new Error(`${verb} did not come to an end`);
      return outcome;
    },
    start: (verb: Verb, signal: AbortSignal) =>
      commander.run(command(verb), () => undefined, signal),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

/** A disk whose steps take no virtual time: `idle` resolves when none runs. */
function waitFor(disk: Disk) {
  const running = new Set<Promise<unknown>>();
  const wait = <T>(work: Promise<T>): Promise<T> => {
    const done: Promise<unknown> = work.catch(() => undefined).finally(() => running.delete(done));
    running.add(done);
    return work;
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return {
    disk: {
      mkdir: (folder) => wait(disk.mkdir(folder)),
      write: (path, text, flag) => wait(disk.write(path, text, flag)),
      bytesOf: (path) => wait(disk.bytesOf(path)),
      rename: (from, to) => wait(disk.rename(from, to)),
      remove: (path) => wait(disk.remove(path)),
      syncFolder: (folder) => wait(disk.syncFolder(folder)),
    } satisfies Disk,
    idle: async () => {
      do {
        await Promise.all(running);
        await turn();
      } while (running.size > 0);
    },
  };
}
