import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface SmallVolume extends AsyncDisposable {
  readonly folder: string;
  remount(mode: 'ro' | 'rw'): Promise<void>;
  /** As when it is pulled: gone from its folder, though files are open. */
  pull(): Promise<void>;
  /** An empty disk in its place. */
  mount(): Promise<void>;
}

/**
 * A disk of so many bytes, in memory; undefined where this machine does not let
 * us mount, which is then told as a skipped test.
 */
export async function openVolume(bytes: number): Promise<SmallVolume | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-volume-'));
  const mount = async () => {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'venuebox-test', folder]);
  };
  try {
    await mount();
  } catch (error) {
    await rm(folder, { recursive: true });
    console.log(`SKIPPED 1: no disk can be mounted here: ${String(error).split('\n')[0]}`);
    return undefined;
  }
  const pull = () => run('umount', ['-l', folder]).then(() => undefined);
  return {
    folder,
    remount: (mode) => run('mount', ['-o', `remount,${mode}`, folder]).then(() => undefined),
    pull,
    mount,
    [Symbol.asyncDispose]: async () => {
      await pull().catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
