/** The table of a look in a file, for the capture process; built by main.ts where it is not there. */
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { entryPoint, runCommand } from '../../hal/os/process.ts';
import type { OwnLook } from './own-looks.ts';
import type { Matrix } from './table.ts';

export interface LookSettings {
  /** One that comes with the box, or a .cube file. */
  readonly look: { readonly own: OwnLook } | { readonly cubeFile: string };
  /** From 0 to 1. */
  readonly strength: number;
  readonly matrix: Matrix;
}

/** What main.ts is to do; without a file it only looks whether the look can be used. */
export interface TableJob extends LookSettings {
  readonly tableFile?: string;
}

/** A Pi takes some seconds. */
const TIMEOUT_MS = 120_000;
/** Beside them lie the .cube files that people put there. */
const TABLE_NAME = /^[0-9a-f]{16}\.table(?:\.new)?$/;
/** Of what the table is made of, besides the file: another number where the arithmetic changes. */
const VERSION = 1;

/**
 * Resolves with the table's file; older tables go.
 *
 * Rejects with one line: the .cube file's fault and its line, or the disk's error.
 */
export async function openLookTable(
  folder: string,
  settings: LookSettings,
  signal: AbortSignal,
): Promise<string> {
  const { look } = settings;
  const found = 'cubeFile' in look ? await stat(look.cubeFile).catch(() => undefined) : undefined;
  const of = { VERSION, ...settings, size: found?.size, mtimeMs: found?.mtimeMs };
  const id = createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 16);
  const tableFile = join(folder, `${id}.table`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const isThere = await access(tableFile).then(
    () => true,
    () => false,
  );
  if (isThere) return tableFile;
  await runJob({ ...settings, tableFile }, signal);
  for (const name of await readdir(folder)) {
    const isOlder = TABLE_NAME.test(name) && !name.startsWith(id);
    if (isOlder) await rm(join(folder, name), { force: true });
  }
  return tableFile;
}

/** Rejects with one line where the look's file cannot be used. */
export function checkLook(settings: LookSettings): Promise<void> {
  return runJob(settings);
}

/** In a process of its own: it takes a second, and a large file another one. */
async function runJob(job: TableJob, signal?: AbortSignal): Promise<void> {
  const args = [entryPoint(import.meta.url, './main'), JSON.stringify(job)];
  const built = await runCommand(process.execPath, [...process.execArgv, ...args], {
    timeoutMs: TIMEOUT_MS,
    ...(signal && { signal }),
  });
  if (built.exitCode === 0) return;
  throw new Error(
    built.stdout.trim() || `the look was not read: ${built.stderr.slice(-200).trim()}`,
  );
}
