/** The folder of a machine whose power is cut: its program and its disks; and waiting for the machine. */
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { makeDisk } from './machine.ts';

export interface Work {
  readonly work: string;
  remove(): void;
}

const DISK_MB = 64;
/** A busy host boots a machine in a minute. */
const PATIENCE_MS = 180_000;
/** The guest's disks lie in memory: those of a busy host would be what is measured. */
const DISKS_ROOT = '/dev/shm';

/**
 * @param programs `guest` runs in the machine; each becomes one file.
 * @param fill Puts more into the folder.
 */
export async function prepareWork(
  programs: { readonly guest: string } & Readonly<Record<string, string>>,
  fill: (work: string) => void = () => undefined,
): Promise<Work> {
  const work = mkdtempSync(join(tmpdir(), 'venuebox-cuts-'));
  const disks = mkdtempSync(join(DISKS_ROOT, 'venuebox-cuts-'));
  const remove = () => {
    for (const folder of [work, disks]) rmSync(folder, { recursive: true, force: true });
  };
  try {
    await bundle(programs, work);
    fill(work);
    for (const disk of ['a', 'b']) {
      const path = join(disks, `${disk}.img`);
      makeDisk(path, DISK_MB);
      symlinkSync(path, join(work, `${disk}.img`));
    }
    return { work, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Each program as one file in the folder. */
export async function bundle(
  entryPoints: Readonly<Record<string, string>>,
  work: string,
): Promise<void> {
  await build({
    entryPoints: { ...entryPoints },
    outdir: work,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    // The machine has Node and nothing else.
    external: ['koffi'],
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
    },
  });
  writeFileSync(join(work, 'package.json'), '{"type":"module"}');
}

/** Waits until `check` holds; rejects where the machine says that it failed, or after its time. */
export async function seen(
  check: () => boolean,
  out: string,
  console_: () => string,
): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!check()) {
    const failed = existsSync(join(out, 'failed'));
    if (failed || performance.now() > endMs) {
      const read = (name: string) =>
        existsSync(join(out, name)) ? readFileSync(join(out, name), 'utf8') : '';
      throw new Error(
        `the machine does not get so far: ${read('failed')} ${read('stderr')} ${console_()}`,
      );
    }
    await sleep(20);
  }
}
