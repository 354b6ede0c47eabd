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

export interface FreezableVolume extends AsyncDisposable {
  readonly folder: string;
  /** From now on whoever writes hangs in the kernel, and cannot be killed. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
}

/** An ext4 on a loop device; undefined where there is none, which is told as a skipped test. */
export async function openFreezableVolume(): Promise<FreezableVolume | undefined> {
  const base = await mkdtemp(join(tmpdir(), 'venuebox-freeze-'));
  const [image, folder] = [join(base, 'image'), join(base, 'disk')];
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
  const sudo = (command: string, ...args: readonly string[]) => run(command, args, { env });
  try {
    await sudo('truncate', '-s', '64M', image);
    await sudo('mkfs.ext4', '-q', image);
    await sudo('mkdir', folder);
    await sudo('mount', '-o', 'loop', image, folder);
  } catch (error) {
    await rm(base, { recursive: true });
    console.log(`SKIPPED 1: no loop device here: ${String(error).split('\n')[0]}`);
    return undefined;
  }
  const thaw = () => sudo('fsfreeze', '-u', folder).then(() => undefined);
  return {
    folder,
    freeze: () => sudo('fsfreeze', '-f', folder).then(() => undefined),
    thaw,
    [Symbol.asyncDispose]: async () => {
      await thaw().catch(() => undefined);
      await sudo('umount', '-l', folder);
      await rm(base, { recursive: true, force: true });
    },
  };
}
