/** The hardware watchdogs of the kernel. */

import { readdir, readFile } from 'node:fs/promises';

const ROOT = '/sys/class/watchdog';

/** A watchdog that resets the machine when it is not fed; systemd feeds it. */
export interface Watchdog {
  readonly name: string;
  /** Its driver's own name for it. */
  readonly identity: string;
  readonly timeoutS: number;
  /** A program has it open and feeds it. */
  readonly isActive: boolean;
}

/** The kernel's watchdogs. Empty where there is none. */
export async function listWatchdogs(root: string = ROOT): Promise<Watchdog[]> {
  const names = (await readdir(root).catch(() => [])).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const read = async (file: string) =>
        (await readFile(`${root}/${name}/${file}`, 'utf8').catch(() => '')).trim();
      return {
        name,
        identity: await read('identity'),
        timeoutS: Number(await read('timeout')),
        isActive: (await read('state')) === 'active',
      };
    }),
  );
}
