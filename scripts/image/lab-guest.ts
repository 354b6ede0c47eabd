/** Has the lab's machine run scripts, by scripts/image/shell.sh. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 200;
const LONG_MS = 300_000;

export type Guest = (script: string) => Promise<string>;

/** @param folder That is `lab_shell` of the kernel. Rejects where a script fails. */
export function openGuest(folder: string): Guest {
  let count = 0;
  return async (script) => {
    count += 1;
    const at = join(folder, `ask${count}`);
    writeFileSync(`${at}.part`, script);
    renameSync(`${at}.part`, `${at}.sh`);
    const endMs = performance.now() + LONG_MS;
    while (!existsSync(`${at}.rc`)) {
      if (performance.now() > endMs) throw new Error(`no answer of the lab: ${script}`);
      await sleep(POLL_MS);
    }
    const output = readFileSync(`${at}.out`, 'utf8');
    if (readFileSync(`${at}.rc`, 'utf8').trim() !== '0') throw new Error(`${script}\n${output}`);
    return output.trim();
  };
}
