/** Measures the box with many viewers. */
import { spawn } from 'node:child_process';
import { startDetailedBox } from '../../test/support/box.ts';
import type { LoadReport } from './load.ts';
import { cpuWhile, type Figure, round } from './machine.ts';

export const SECONDS = 15;

/** How viewers ask for playlists: once a segment, as our page, or with each part, as others. */
type ListsBy = 'page' | 'part';

export interface ViewersCase {
  readonly viewers: number;
  readonly listsBy: ListsBy;
}

/**
 * Each viewer follows picture and sound with a request for the next part, and blocking
 * playlist requests, over kept-alive HTTP/1.1.
 */
export async function benchViewers(cases: readonly ViewersCase[]): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const { viewers, listsBy } of cases) {
    await using box = await startDetailedBox([
      'viewers.max_connections=9000',
      'viewers.max_connections_per_address=9000',
    ]);
    await box.ready();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const media = box.childPid('media') ?? 0;
    const load = runLoad(box.url, viewers, listsBy);
    await load.warm;
    const { cpuPct, result } = await cpuWhile(media, load.report);
    const name = `${viewers} ${listsBy === 'page' ? 'guests' : 'viewers with a playlist a part'}`;
    figures.push(...figuresOf(name, viewers, cpuPct, result));
  }
  return figures;
}

function figuresOf(name: string, viewers: number, cpuPct: number, seen: LoadReport): Figure[] {
  const isHundred = viewers === 100;
  const { parts, failed, waitP50Ms, waitP99Ms, playlistMbps, mediaMbps } = seen;
  const wait = `p50 ${round(waitP50Ms, 0)}, p99 ${round(waitP99Ms, 0)} ms (${parts})`;
  const rows = [
    ['CPU of the serving process', `${round(cpuPct)} % of a core`, isHundred ? '<= 18 %' : '-'],
    ['CPU of the load generator', `${round(seen.cpuPct)} % of a core`, '-'],
    ['part wait', wait, isHundred ? 'p99 <= 270 ms' : 'p99 <= 300 ms'],
    ['playlists', `${round(playlistMbps, 2)} Mb/s`, isHundred ? '<= 5 Mb/s' : '-'],
    ['media', `${round(mediaMbps)} Mb/s`, '-'],
    ['failed requests', `${failed}`, '0'],
  ] as const;
  return rows.map(([what, value, goal]) => ({ name: `${name}: ${what}`, value, goal }));
}

export function runLoad(url: string, viewers: number, listsBy: ListsBy): Load<LoadReport> {
  return runGenerator('scripts/bench/load.ts', url, viewers, SECONDS, [listsBy]);
}

/** Viewers in a process of their own. */
export interface Load<Report> {
  readonly pid: number;
  /** All of them watch, or the process has ended. */
  readonly warm: Promise<void>;
  readonly report: Promise<Report>;
}

/**
 * The load comes from a process of its own, so that its CPU is not the server's.
 *
 * @param program Prints WARM, then its report as one line of JSON.
 * @param more Further arguments of it.
 */
export function runGenerator<Report>(
  program: string,
  url: string,
  viewers: number,
  seconds = SECONDS,
  more: readonly string[] = [],
): Load<Report> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', program, url, String(viewers), String(seconds), ...more],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  let onWarm = () => undefined as unknown;
  const warm = new Promise<void>((resolve) => {
    onWarm = resolve as () => unknown;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.includes('WARM')) onWarm();
  });
  const report = new Promise<Report>((resolve, reject) => {
    child.once('close', () => {
      onWarm();
      const line = output.split('\n').find((text) => text.startsWith('{'));
      if (line === undefined) reject(new Error(`the load generator failed: ${output}`));
      else resolve(JSON.parse(line) as Report);
    });
  });
  return { pid: child.pid ?? 0, warm, report };
}
