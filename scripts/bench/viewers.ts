/** Measures the box with many viewers. */
import { spawn } from 'node:child_process';
import { startBox } from '../../test/support/box.ts';
import type { LoadReport } from './load.ts';
import { cpuWhile, type Figure, round } from './machine.ts';

export const SECONDS = 15;

/**
 * Viewers as LL-HLS has them: each follows picture and sound with a blocking
 * playlist request and a request for the hinted part, over kept-alive HTTP/1.1.
 */
export async function benchViewers(counts: readonly number[]): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const viewers of counts) {
    await using box = await startBox([
      'viewers.max_connections=9000',
      'viewers.max_connections_per_address=9000',
    ]);
    await box.ready();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const media = box.childPid('media') ?? 0;
    const load = runLoad(box.url, viewers);
    await load.warm;
    const { cpuPct: cpu, result: report } = await cpuWhile(media, load.report);
    const name = `${viewers} viewers`;
    figures.push(
      {
        name: `${name}: CPU of the serving process`,
        value: `${round(cpu)} % of a core`,
        goal: viewers === 100 ? '<= 20 %' : '-',
      },
      {
        name: `${name}: CPU of the load generator`,
        value: `${round(report.cpuPct)} % of a core`,
        goal: '-',
      },
      {
        name: `${name}: part wait`,
        value: `p50 ${round(report.waitP50Ms, 0)}, p99 ${round(report.waitP99Ms, 0)} ms (${report.parts})`,
        goal: viewers === 100 ? 'p99 <= 270 ms' : '-',
      },
      {
        name: `${name}: playlists`,
        value: `${round(report.playlistMbps)} Mb/s`,
        goal: viewers === 100 ? '<= 5.5 Mb/s' : '-',
      },
      { name: `${name}: media`, value: `${round(report.mediaMbps)} Mb/s`, goal: '-' },
      { name: `${name}: failed requests`, value: `${report.failed}`, goal: '0' },
    );
  }
  return figures;
}

export function runLoad(url: string, viewers: number): Load<LoadReport> {
  return runGenerator('scripts/bench/load.ts', url, viewers);
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
 */
export function runGenerator<Report>(
  program: string,
  url: string,
  viewers: number,
  seconds = SECONDS,
): Load<Report> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', program, url, String(viewers), String(seconds)],
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
