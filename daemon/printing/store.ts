/** Slips on the disk: one file each, replaced as one and synced. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { errnoOf } from '../../hal/os/errors.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { type Disk, putAside, removeFile, saveFile, systemDisk } from '../../hal/os/save-file.ts';
import { isOpen, jobSchema, type PrintJob } from './job.ts';

/** Waiting and uncertain ones; with more a new slip is refused, and orders wait in their ledger. */
export const MAX_OPEN = 64;
/** Of those that are done, for a second copy. */
const MAX_DONE = 50;
/** Of those that were not printed: all that waited may have been removed by hand. */
const MAX_FAILED = MAX_OPEN;

export interface PrintStore {
  /** In the order of the queue. */
  jobs(): readonly PrintJob[];
  /** Resolves when it is on the disk. */
  save(job: PrintJob): Promise<void>;
}

export interface PrintStoreOptions {
  readonly disk?: Disk;
  /** Of each damaged file, which is renamed to `.bad`; with its folder, of what cannot be read now and stays. */
  readonly onDamaged?: (file: string) => void;
}

/** Reads the folder. */
export async function openPrintStore(
  folder: string,
  log: Log,
  { disk = systemDisk, onDamaged }: PrintStoreOptions = {},
): Promise<PrintStore> {
  const jobs = new Map<string, PrintJob>();
  const names = await readdir(folder).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    log.error('slips not read', { folder, reason: messageOf(error) });
    onDamaged?.(basename(folder));
    return [];
  });
  for (const name of names) {
    if (!name.startsWith('slip-') || !name.endsWith('.json')) continue;
    const path = join(folder, name);
    try {
      const job = v.parse(jobSchema, JSON.parse(await readFile(path, 'utf8')));
      jobs.set(job.id, job);
    } catch (error) {
      const reason = messageOf(error);
      // What cannot be read now is printed after a start that can.
      if (errnoOf(error) !== undefined) {
        log.error('slip not read', { path, reason });
        onDamaged?.(join(basename(folder), name));
        continue;
      }
      log.error('damaged slip put aside', { path, reason });
      await putAside(path).catch(() => undefined);
      onDamaged?.(name);
    }
  }
  const sorted = () => [...jobs.values()].toSorted((a, b) => a.number - b.number);
  const pathOf = ({ id }: PrintJob) => join(folder, `slip-${id}.json`);
  const forgetOldest = async () => {
    const over = (jobs: readonly PrintJob[], max: number) =>
      jobs.slice(0, Math.max(0, jobs.length - max));
    const done = sorted().filter((job) => !isOpen(job));
    const printed = done.filter(({ phase }) => phase !== 'failed');
    const failed = done.filter(({ phase }) => phase === 'failed');
    for (const job of [...over(printed, MAX_DONE), ...over(failed, MAX_FAILED)]) {
      await removeFile(pathOf(job), disk);
      jobs.delete(job.id);
    }
  };
  return {
    jobs: sorted,
    save: async (job) => {
      await saveFile(pathOf(job), JSON.stringify(job), disk);
      jobs.set(job.id, job);
      await forgetOldest();
    },
  };
}

/** Put aside in an earlier run, until a person removes them. */
export async function findDamaged(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.bad')).map((name) => name.slice(0, -'.bad'.length));
}
