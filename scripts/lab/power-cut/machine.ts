/** Boots and kills the machine whose power is cut. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Why no machine can be cut here, in words for a person. */
export class NoLab extends Error {}

const MEMORY_MB = 400;
const CONFIG = 'scripts/lab/kernel.config';
/** On top of it, for vfat and exFAT; ext4 it has, too. */
const FAT_CONFIG = 'scripts/lab/fat.config';

export type DiskFormat = 'ext4' | 'vfat' | 'exfat';

/**
 * The kernel that `scripts/lab/kernel-with.sh fat` has built: the lab's own knows no file systems of
 * sticks. Throws {@link NoLab}.
 */
export function findFatKernel(): string {
  checkTools(['mkfs.vfat', 'mkfs.exfat', 'busybox', 'ip']);
  const config = Buffer.concat([readFileSync(CONFIG), readFileSync(FAT_CONFIG)]);
  const path = join(cacheFolder(config), 'linux-um');
  if (!existsSync(path))
    throw new NoLab('no kernel is built: run scripts/lab/kernel-with.sh fat once');
  return path;
}

function cacheFolder(config: Buffer): string {
  const hash = createHash('sha256').update(config).digest('hex').slice(0, 16);
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(cache, 'venuebox', `lab-${hash}`);
}

/** The User Mode Linux kernel that scripts/lab.sh uses or has built. Throws {@link NoLab}. */
export function findKernel(): string {
  checkTools(['mkfs.ext4', 'busybox', 'ip']);
  const config = readFileSync(CONFIG);
  const shared = process.env['VENUEBOX_LAB_KERNEL'] ?? '../shared/lab';
  const isSame =
    existsSync(join(shared, 'kernel.config')) &&
    config.equals(readFileSync(join(shared, 'kernel.config')));
  const folders = [...(isSame ? [shared] : []), cacheFolder(config)];
  const found = folders.map((folder) => join(folder, 'linux-um')).find((path) => existsSync(path));
  if (found === undefined) throw new NoLab('no kernel is built: run scripts/lab.sh once');
  return resolve(found);
}

function checkTools(tools: readonly string[]): void {
  if (process.arch !== 'x64')
    throw new NoLab(`User Mode Linux runs on x86-64, not ${process.arch}`);
  if (process.getuid?.() !== 0) throw new NoLab('it needs root, to read all of the root folder');
  for (const tool of tools) if (!hasTool(tool)) throw new NoLab(`${tool} is missing`);
  const { bavail, bsize } = statfsSync('/dev/shm');
  if (bavail * bsize < MEMORY_MB * 2e6) throw new NoLab('/dev/shm is too small');
}

function hasTool(name: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(join(folder, name)));
}

export function makeDisk(path: string, megabytes: number, format: DiskFormat = 'ext4'): void {
  execFileSync('truncate', ['-s', `${megabytes}M`, path]);
  // The lab's kernel has no crc32c.
  const options = format === 'ext4' ? ['-q', '-O', '^metadata_csum'] : [];
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
  execFileSync(`mkfs.${format}`, [...options, path], { env, stdio: ['ignore', 'ignore', 'pipe'] });
}

export interface Machine {
  /** Resolves when all of it has ended, and its disks are as they are. */
  readonly ended: Promise<void>;
  /** Cuts the power: no process of it runs another instruction. */
  cut(): void;
  console(): string;
}

/**
 * Boots a machine that records on two disks.
 *
 * @param pulled Their format, where they are pulled out: what is on them is then handed out as it is.
 */
export function boot(kernel: string, work: string, pulled?: DiskFormat): Machine {
  return bootWith(kernel, 'scripts/lab/power-cut/init.sh', [
    `ubd0=${join(work, 'a.img')}`,
    `ubd1=${join(work, 'b.img')}`,
    `cut_work=${work}`,
    `cut_format=${pulled ?? 'ext4'}`,
    `cut_pulled=${pulled === undefined ? 'no' : 'yes'}`,
    `cut_node=${process.execPath}`,
  ]);
}

/**
 * @param init Its first process; the root is this machine's, read-only.
 * @param words Of the kernel's command line.
 */
export function bootWith(kernel: string, init: string, words: readonly string[]): Machine {
  const child: ChildProcess = spawn(
    resolve('scripts/lab/on-one-core.sh'),
    [
      kernel,
      `mem=${MEMORY_MB}M`,
      'root=/dev/root',
      'rootfstype=hostfs',
      'rootflags=/',
      'ro',
      `init=${resolve(init)}`,
      'con=null',
      'con0=fd:0,fd:1',
      'quiet',
      ...words,
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: '/dev/shm' },
      cwd: dirname(kernel),
      detached: true,
    },
  );
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (more: string) => {
      text = (text + more).slice(-20_000);
    });
  }
  const ended = new Promise<void>((resolve_) => child.once('close', () => resolve_()));
  return {
    ended,
    cut: () => {
      try {
        process.kill(-(child.pid ?? 0), 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    },
    console: () => text,
  };
}
