/**
 * Runs every test file in a process of its own and counts honestly.
 *
 * uvu exits 0 when a hook throws and skips a file that forgets `.run()`, and
 * it knows no time-out; so a file passes here only when it printed its totals,
 * they add up, it ended in time and it exited 0. A file may say
 * `SKIPPED n: why` for what this machine cannot do.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const FILE_TIMEOUT_MS = 240_000;

interface Outcome {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  readonly why: string;
  readonly output: string;
}

function findTests(filters: readonly string[]): readonly string[] {
  return readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts') && !path.startsWith('lab/'))
    .map((path) => `test/${path}`)
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
    .toSorted();
}

async function runFile(file: string): Promise<Outcome> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' },
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-200_000);
    });
  }
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    killGroup(child.pid);
  }, FILE_TIMEOUT_MS);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  killGroup(child.pid);
  const seconds = (performance.now() - startedMs) / 1000;
  return { file, output, seconds, ...judge(output, code, isLate) };
}

function judge(output: string, code: number | null, isLate: boolean) {
  // eslint-style colour codes are off; strip what slips through.
  const text = output.replace(/\[[\d;]*m/g, '');
  const count = (name: string) =>
    Number(new RegExp(`^ {2}${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? -1);
  const [total, passed, skippedByUvu] = [count('Total'), count('Passed'), count('Skipped')];
  const said = [...text.matchAll(/^SKIPPED (\d+): /gm)].reduce((sum, [, n]) => sum + Number(n), 0);
  const skipped = Math.max(0, skippedByUvu) + said;
  if (total < 0) {
    const why = isLate ? 'it hung' : 'it printed no totals: a hook threw, or .run() is missing';
    return { passed: 0, failed: 1, skipped, why };
  }
  const failed = total - passed - Math.max(0, skippedByUvu);
  if (failed > 0) return { passed, failed, skipped, why: `${failed} of ${total} failed` };
  if (isLate) return { passed, failed: 1, skipped, why: 'it hung after its last test' };
  if (code !== 0) return { passed, failed: 1, skipped, why: `it exited with ${code}` };
  if (total === 0 && said === 0) return { passed, failed: 1, skipped, why: 'it holds no test' };
  return { passed, failed: 0, skipped, why: '' };
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

const files = findTests(process.argv.slice(2));
const queue = [...files];
const outcomes: Outcome[] = [];
async function work(): Promise<void> {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const outcome = await runFile(file);
    outcomes.push(outcome);
    const { passed, failed, skipped, seconds, why, output } = outcome;
    const mark = failed > 0 ? 'FAIL' : 'ok  ';
    console.log(
      `${mark} ${file}  ${passed} passed${skipped > 0 ? `, ${skipped} skipped` : ''}  ${seconds.toFixed(1)} s  ${why}`,
    );
    for (const [line] of output.matchAll(/^SKIPPED \d+: .*$/gm)) console.log(`     ${line}`);
    if (failed > 0) console.log(output.replace(/^/gm, '     | '));
  }
}
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));

const sum = (pick: (outcome: Outcome) => number) =>
  outcomes.reduce((all, outcome) => all + pick(outcome), 0);
const [passed, failed, skipped] = [
  sum((o) => o.passed),
  sum((o) => o.failed),
  sum((o) => o.skipped),
];
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
