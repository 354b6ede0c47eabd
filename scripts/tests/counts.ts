/** Reads how many tests passed from what a test file or the hardware lab printed. */
import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { Ended } from './run.ts';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Empty where all is well. */
  readonly why: string;
}

/** Exit code of scripts/lab.sh: it cannot run on this machine. */
const LAB_CANNOT = 3;

/** A file passes when it printed uvu's totals, they add up, and it exited 0 in time. */
export function countFile({ output, code, isTimedOut }: Ended): Counts {
  // Colours are off; this removes those of programs that print them all the same.
  const text = stripVTControlCharacters(output);
  const figure = (name: string) =>
    Number(new RegExp(`^ {2}${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? -1);
  const [total, passed] = [figure('Total'), figure('Passed')];
  const skippedByUvu = Math.max(0, figure('Skipped'));
  const declared = [...text.matchAll(/^SKIPPED (\d+): /gm)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
  const skipped = skippedByUvu + declared;
  const fail = (why: string) => ({ passed: Math.max(0, passed), failed: 1, skipped, why });
  if (total < 0) {
    return fail(isTimedOut ? 'timed out' : 'no totals: a hook threw, or .run() is missing');
  }
  const failed = total - passed - skippedByUvu;
  if (failed > 0) return { passed, failed, skipped, why: `${failed} of ${total} failed` };
  if (isTimedOut) return fail('timed out after its last test');
  if (code !== 0) return fail(`exited with ${code}`);
  if (total === 0 && declared === 0) return fail('no tests in the file');
  return { passed, failed: 0, skipped, why: '' };
}

/** The last line counts; a lab that cannot run skips each of its tests. */
export function countLab(files: readonly string[], { output, code, isTimedOut }: Ended): Counts {
  if (code === LAB_CANNOT) {
    const skipped = files.reduce((sum, file) => sum + testsIn(file), 0);
    const why = /^lab: cannot run here: (.*)$/m.exec(output)?.[1] ?? 'no reason printed';
    return { passed: 0, failed: 0, skipped, why: `SKIPPED: ${why}` };
  }
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  const counts = /^(\d+) passed, (\d+) failed$/.exec(last);
  const [passed, failed] = [Number(counts?.[1] ?? 0), Number(counts?.[2] ?? 1)];
  if (counts === null) {
    return { passed, failed, skipped: 0, why: isTimedOut ? 'timed out' : 'no counts' };
  }
  if (failed === 0 && (code !== 0 || passed === 0)) {
    return { passed, failed: 1, skipped: 0, why: `exited with ${code}` };
  }
  return { passed, failed, skipped: 0, why: '' };
}

/** Counted in the text; one in a loop counts once. */
function testsIn(file: string): number {
  return readFileSync(file, 'utf8').match(/^\s*test\(/gm)?.length ?? 0;
}
