/** How test files that share a process are told apart in what it prints: a line before and after each. */
import type { Ended } from './run.ts';

/** What one file took. */
export interface Took {
  readonly code: number | null;
  readonly seconds: number;
  /** CPU time of its process, and of the programs that this started and waited for. */
  readonly cpuS: number;
}

export interface FileEnded extends Ended, Took {
  readonly file: string;
}

const FIRST_LINE = /^=== (\S+\.(?:ts|mjs))\n/m;
const LAST_LINE = /\n=== exit code (\d+), ([\d.]+) s, CPU ([\d.]+) s\n/;

export function firstLine(file: string): string {
  return `=== ${file}\n`;
}

export function lastLine({ code, seconds, cpuS }: Took): string {
  return `\n=== exit code ${code}, ${seconds.toFixed(2)} s, CPU ${cpuS.toFixed(2)} s\n`;
}

/** Whether a file has ended, by what was just printed. */
export function hasLastLine(output: string): boolean {
  return LAST_LINE.test(output);
}

/**
 * An entry for each file that was begun, in order. What ended the process early, or kept it from
 * ending, was the last of them, which has the code of the process.
 *
 * @param first Where the process did not get as far as its first line.
 */
export function splitByFile(first: string, ended: Ended): readonly FileEnded[] {
  const [before = '', ...sections] = ended.output.split(FIRST_LINE);
  if (sections.length === 0) sections.push(first, before);
  const found: FileEnded[] = [];
  for (let i = 0; i < sections.length; i += 2) {
    const [file = '', text = ''] = sections.slice(i, i + 2);
    const [, code, seconds, cpuS] = LAST_LINE.exec(text) ?? [];
    found.push({
      file,
      output: text.replace(LAST_LINE, ''),
      code: code === undefined ? null : Number(code),
      isTimedOut: false,
      seconds: Number(seconds ?? ended.seconds),
      cpuS: Number(cpuS ?? 0),
    });
  }
  const last = found.pop();
  if (last === undefined) return [];
  const isWhole = ended.code === 0 && !ended.isTimedOut;
  const { code, isTimedOut } = isWhole && last.code !== null ? last : ended;
  return [...found, { ...last, code, isTimedOut }];
}
