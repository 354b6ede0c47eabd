/** Finds the processes of a box and what they use. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { type Box, childrenOf } from '../../test/support/box.ts';

/** What each process of a box is called, by its entry point. */
const NAMES = [
  ['media', /pipelines\/media\/main/],
  ['capture', /pipelines\/capture\/main/],
  ['uplink', /pipelines\/uplink\/main/],
  ['whep', /pipelines\/whep\/main/],
  ['recorder', /pipelines\/recording\/main/],
  ['source', /pipelines\/source\/main/],
  ['clips', /pipelines\/clips\/main/],
] as const;

/** A box may have several of these. */
const NUMBERED: ReadonlySet<string> = new Set(['recorder', 'source']);

/**
 * The long-lived processes of a box: `daemon`, `media`, `capture`, `recorder 1`, `source 2`…
 * Those that come and go, as for a poster, are left out.
 */
export function processesOf(box: Box): ReadonlyMap<string, number> {
  const found = new Map([['daemon', box.pid]]);
  const counts = new Map<string, number>();
  for (const pid of descendantsOf(box.pid)) {
    const name = nameOf(pid);
    if (name === undefined) continue;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    found.set(NUMBERED.has(name) ? `${name} ${count}` : name, pid);
  }
  return found;
}

export function descendantsOf(pid: number): readonly number[] {
  return childrenOf(pid)
    .toSorted((a, b) => a - b)
    .flatMap((child) => [child, ...descendantsOf(child)]);
}

function nameOf(pid: number): string | undefined {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return NAMES.find(([, pattern]) => pattern.test(command))?.[0];
  } catch {
    return undefined;
  }
}

/** So that the generator does not take the core of what it measures. */
export function onCore(pid: number, core: number): void {
  if (cpus().length > 1) execFileSync('taskset', ['-apc', String(core), String(pid)]);
}
