/** Measures the machine beside a benchmark, and prints and saves figures. */
import { closeSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/** What the figures were seen on, and what else the machine was doing. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly load1m: number;
  /** Share of all cores that was busy, this benchmark included. */
  readonly busyRatio: number;
  /** How long a fixed piece of work takes on one core. */
  readonly speed: { readonly arithmeticMs: number; readonly callsMs: number };
}

/** Starts to watch the machine; call the result at the end. */
export function watchMachine(): () => Machine {
  const speed = measureSpeed();
  const before = cpuTicks();
  return () => {
    const after = cpuTicks();
    const all = after.all - before.all;
    return {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      node: process.version,
      load1m: round(loadavg()[0] ?? 0, 2),
      busyRatio: round(all > 0 ? 1 - (after.idle - before.idle) / all : 0, 2),
      speed,
    };
  };
}

/**
 * Shares of a core of two sessions are compared by these: three million rounds of arithmetic,
 * and 10,000 system calls. The best of ten, as others' work only ever adds to it.
 */
function measureSpeed(): Machine['speed'] {
  const zero = openSync('/dev/zero', 'r');
  const byte = Buffer.alloc(1);
  const arithmeticMs = bestMs(() => {
    let x = 1;
    for (let n = 0; n < 3_000_000; n += 1) x = (Math.imul(x, 1_103_515_245) + 12_345) | 0;
    byte[0] = x;
  });
  const callsMs = bestMs(() => {
    for (let n = 0; n < 10_000; n += 1) readSync(zero, byte);
  });
  closeSync(zero);
  return { arithmeticMs, callsMs };
}

function bestMs(work: () => void): number {
  const runs = Array.from({ length: 10 }, () => {
    const startedMs = performance.now();
    work();
    return performance.now() - startedMs;
  });
  return round(Math.min(...runs));
}

function cpuTicks(): { readonly all: number; readonly idle: number } {
  const line = readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '';
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { all: ticks.reduce((sum, n) => sum + n, 0), idle: (ticks[3] ?? 0) + (ticks[4] ?? 0) };
}

/**
 * CPU time of a process so far, in s (proc_pid_stat: utime and stime in ticks of 10 ms, and those
 * of children that have ended).
 */
export function cpuSeconds(pid: number | 'self', withChildren = false): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '');
  const ticks = stat.split(' ').slice(11, withChildren ? 15 : 13);
  return ticks.reduce((sum, n) => sum + Number(n), 0) / 100;
}

/** CPU of a process while `work` runs, in per cent of a core; and what came of that. */
export async function cpuWhile<T>(
  pid: number,
  work: Promise<T>,
): Promise<{ readonly cpuPct: number; readonly result: T }> {
  const before = cpuSeconds(pid);
  const startedMs = performance.now();
  const result = await work;
  const cpuPct = ((cpuSeconds(pid) - before) / ((performance.now() - startedMs) / 1000)) * 100;
  return { cpuPct, result };
}

/** Resident memory of a process, in MB. */
export function residentMb(pid: number): number {
  const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb ?? 0) / 1024;
}

export function round(value: number, places = 1): number {
  return Math.round(value * 10 ** places) / 10 ** places;
}

/** One line of the report: what, how much, and what was aimed at. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly goal: string;
}

export function printFigures(title: string, figures: readonly Figure[], machine: Machine): void {
  console.log(`\n${title}`);
  for (const { name, value, goal } of figures) {
    console.log(`  ${name.padEnd(46)} ${value.padEnd(34)} goal ${goal}`);
  }
  const { cores, cpu, load1m, busyRatio, speed } = machine;
  const busy = `busy ${Math.round(busyRatio * 100)} %`;
  const fixed = `fixed work ${speed.arithmeticMs} ms, system calls ${speed.callsMs} ms`;
  console.log(`  on ${cores} x ${cpu}, load ${load1m}, ${busy}, ${fixed}`);
}

export function saveFigures(name: string, figures: readonly Figure[], machine: Machine): void {
  mkdirSync('bench-results', { recursive: true });
  const at = new Date().toISOString();
  writeFileSync(
    `bench-results/${name}.json`,
    `${JSON.stringify({ at, machine, figures }, null, 2)}\n`,
  );
}
