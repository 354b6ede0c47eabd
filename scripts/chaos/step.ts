/** One step of a chaos run: faults begin, end, and all must be well again. */
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../../test/simulation/scenario.ts';
import { whatIsWrong } from './checks.ts';
import type { EndFault, Fault } from './fault.ts';
import { openNotes } from './notes.ts';
import type { Venue } from './venue.ts';
import type { Hole } from './watcher.ts';

export interface Row {
  readonly fault: string;
  readonly lastedS: number;
  /** From its end until all was well. */
  readonly wellAfterS: number;
  /** Longest time of the stream without a picture. */
  readonly holeS: number;
  /** How long the machine stood by itself. */
  readonly heldUpS: number;
  /** The highest of each core meanwhile. */
  readonly load: number;
  readonly alerts: readonly string[];
  /** Children that were started again, and why. */
  readonly restarts: readonly string[];
}

export interface Step {
  readonly rows: readonly Row[];
  readonly problems: readonly string[];
}

const POLL_MS = 500;
/** A retry of the broker is a minute away at most, and alerts stay for a while. */
const SETTLED_WITHIN_MS = 180_000;
/** No part is missing, unless the machine is too busy for its encoders: 0.8 s were seen at load 41. */
const HOLE_FREE_S = 0.1;
const BUSY_HOLE_FREE_S = 1;
/** Children whose restart costs the guests the picture, and the faults that explain it. */
const COSTLY = [
  ['media', /^media/],
  ['capture', /^(?:media|capture)/],
] as const;
/** A machine that stands for so long is too slow for what hangs to be told from what is slow. */
const STOOD_S = 3;
/**
 * So many wait for each core that the box's processes run for a fraction of a second in five, after
 * which one that does not answer is killed: 0 restarts were seen at 20, and three at 30.
 */
const OVERLOADED = 20;

function loadOfCore(): number {
  return (loadavg()[0] ?? 0) / availableParallelism();
}

function holeFreeS(load: number): number {
  return load > 3 ? BUSY_HOLE_FREE_S : HOLE_FREE_S;
}

export async function runStep(
  venue: Venue,
  faults: readonly Fault[],
  usual: ReadonlySet<string>,
  dice: Dice,
): Promise<Step> {
  const over = new AbortController();
  const notes = openNotes();
  const { alerts } = notes;
  const watching = notes.watch(venue, over.signal);
  const machine = watchMachine(over.signal);
  const firstHoles = venue.watchers.map(({ holes }) => holes.length);
  const startedMs = performance.now();
  const problems: string[] = [];
  const begun: { readonly fault: Fault; readonly end: EndFault }[] = [];
  for (const fault of faults) {
    const end = await fault.begin(venue, dice);
    if (end !== undefined) begun.push({ fault, end });
  }
  if (begun.length > 0) {
    await sleep(1_000 * Math.max(...begun.map(({ fault }) => dice.whole(...fault.lastsS))));
  }
  for (const { fault, end } of begun.toReversed()) {
    await Promise.resolve()
      .then(end)
      .catch((error: unknown) => problems.push(`${fault.name}: ${String(error).slice(0, 300)}`));
  }
  const endedMs = performance.now();
  const names = begun.map(({ fault }) => fault.name).join(' + ');
  problems.push(...(await settle(venue, usual)).map((one) => `after ${names}: ${one}`));
  const wellMs = performance.now();
  over.abort();
  await watching;
  const holes = venue.watchers.flatMap((guest, i) => guest.holes.slice(firstHoles[i]));
  const holeS = Math.max(0, ...holes.map(({ s }) => s));
  const { heldUpS, load } = await machine;
  const allowedS = Math.max(holeFreeS(load), ...begun.map(({ fault }) => fault.holeMaxS ?? 0));
  // What held this process up held the box up, too.
  const holeMaxS = allowedS + 2 * heldUpS;
  const odd = holes.filter(({ s }) => s > holeMaxS).map(sayHole);
  if (heldUpS < STOOD_S) odd.push(...unexplained(begun, notes.restarts));
  problems.push(...counted(names, odd, load));
  const missing = begun.filter(
    ({ fault: { alert } }) => alert !== undefined && ![...alerts].some((key) => alert.test(key)),
  );
  // One fault may explain another one: then its alert is not shown.
  if (begun.length === 1) problems.push(...missing.map(() => `${names}: no alert was raised`));
  const row = {
    fault: names,
    lastedS: (endedMs - startedMs) / 1_000,
    wellAfterS: (wellMs - endedMs) / 1_000,
    holeS,
    heldUpS,
    load,
    alerts: [...alerts].filter((key) => !usual.has(key)),
    restarts: notes.restarts,
  };
  printRow(row, problems);
  return { rows: begun.length === 0 ? [] : [row], problems };
}

/** None where the machine is overloaded: they are shown. */
function counted(names: string, odd: readonly string[], load: number): readonly string[] {
  if (load < OVERLOADED) return odd.map((one) => `${names}: ${one}`);
  for (const one of odd) console.log(`  not counted, the machine is overloaded: ${one}`);
  return [];
}

function sayHole({ track, s, seen }: Hole): string {
  return `${s.toFixed(2)} s of ${track} are missing (${seen})`;
}

function unexplained(
  begun: readonly { readonly fault: Fault }[],
  restarts: readonly string[],
): readonly string[] {
  return COSTLY.filter(([, causes]) => !begun.some(({ fault }) => causes.test(fault.name)))
    .flatMap(([child]) => restarts.filter((one) => one.startsWith(`${child}: `)))
    .map((one) => `nothing was done to it, and it was started again: ${one}`);
}

/** Waits until all is well; what still is not. */
export async function settle(venue: Venue, usual: ReadonlySet<string>): Promise<readonly string[]> {
  const sinceMs = performance.now();
  const endMs = sinceMs + SETTLED_WITHIN_MS;
  for (;;) {
    const wrong = await whatIsWrong(venue, usual, sinceMs).catch((error: unknown) => [
      String(error),
    ]);
    if (wrong.length === 0 || performance.now() > endMs) return wrong;
    await sleep(POLL_MS);
  }
}

/**
 * The longest time in s that this process did not run, though it had to, and the highest load: what
 * was computed beside a step is over at its end.
 */
async function watchMachine(signal: AbortSignal): Promise<Pick<Row, 'heldUpS' | 'load'>> {
  let longestMs = 0;
  let load = loadOfCore();
  while (!signal.aborted) {
    const startedMs = performance.now();
    await sleep(100);
    longestMs = Math.max(longestMs, performance.now() - startedMs - 100);
    load = Math.max(load, loadOfCore());
  }
  return { heldUpS: longestMs < 500 ? 0 : longestMs / 1_000, load };
}

function printRow(row: Row, problems: readonly string[]): void {
  const { fault, lastedS, wellAfterS, holeS, heldUpS, load, alerts, restarts } = row;
  const stood = heldUpS > 0 ? `, the machine stood for ${heldUpS.toFixed(1)} s` : '';
  const busy = `load ${(load * availableParallelism()).toFixed(0)}${stood}`;
  const times = `${lastedS.toFixed(0)} s, well after ${wellAfterS.toFixed(0)} s, ${busy}`;
  console.log(`${fault}: ${times}, hole ${holeS.toFixed(2)} s, alerts ${alerts.join(' ') || '-'}`);
  for (const restart of restarts) console.log(`  restarted: ${restart}`);
  for (const problem of problems) console.log(`  BROKEN: ${problem}`);
}
