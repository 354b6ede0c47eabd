/** Mounts a small file system of its own, which a test can fill and pull. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
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
 * us mount, which is then reported as a skipped test.
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

export interface LoopVolume extends AsyncDisposable {
  readonly folder: string;
  /** From now on writers hang in the kernel, and cannot be killed. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** The file system finds itself broken and turns read-only, with files open. */
  breakDown(): Promise<void>;
  /** Writes take no more than so many bytes a second. False where this kernel cannot do that. */
  slowDown(bytesPerS: number): Promise<boolean>;
  /** As fast as ever. */
  speedUp(): Promise<void>;
  /** Gone from its folder, though files are open. */
  pull(): Promise<void>;
  /** The same disk again. */
  mount(): Promise<void>;
}

/** The block I/O controller of cgroup v1; the root of v2 has none. */
const THROTTLE = '/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device';

/** An ext4 on a loop device; undefined where there is none, which is reported as a skipped test. */
export async function openLoopVolume(): Promise<LoopVolume | undefined> {
  const base = await mkdtemp(join(tmpdir(), 'venuebox-loop-'));
  const [image, folder] = [join(base, 'image'), join(base, 'disk')];
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
  const sudo = async (command: string, ...args: readonly string[]) =>
    (await run(command, args, { env })).stdout.trim();
  let device = '';
  const mount = async () => {
    await sudo('mount', '-o', 'loop,errors=remount-ro', image, folder);
    device = basename(await sudo('findmnt', '-no', 'SOURCE', folder));
  };
  const throttle = async (bytesPerS: number) => {
    const number = (await readFile(`/sys/block/${device}/dev`, 'utf8')).trim();
    await writeFile(THROTTLE, `${number} ${bytesPerS}`);
  };
  try {
    await sudo('truncate', '-s', '64M', image);
    await sudo('mkfs.ext4', '-q', image);
    await sudo('mkdir', folder);
    await mount();
  } catch (error) {
    await rm(base, { recursive: true });
    console.log(`SKIPPED 1: no loop device here: ${String(error).split('\n')[0]}`);
    return undefined;
  }
  const thaw = async () => void (await sudo('fsfreeze', '-u', folder));
  const pull = async () => void (await sudo('umount', '-l', folder));
  const speedUp = () => throttle(0);
  return {
    folder,
    freeze: async () => void (await sudo('fsfreeze', '-f', folder)),
    thaw,
    breakDown: () => writeFile(`/sys/fs/ext4/${device}/trigger_fs_error`, '1'),
    slowDown: (bytesPerS) =>
      throttle(bytesPerS).then(
        () => true,
        () => false,
      ),
    speedUp,
    pull,
    mount,
    [Symbol.asyncDispose]: async () => {
      await thaw().catch(() => undefined);
      await speedUp().catch(() => undefined);
      await pull().catch(() => undefined);
      await rm(base, { recursive: true, force: true });
    },
  };
}
