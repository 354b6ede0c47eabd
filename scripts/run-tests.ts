/**
 * Runs every test file in a process of its own and counts honestly.
 *
 * uvu exits 0 when a hook throws and skips a file that forgets `.run()`, and
 * it knows no time-out; so a file passes here only when it printed its totals,
 * they add up, it ended in time and it exited 0. A file may say
 * `SKIPPED n: why` for what this machine cannot do. The hardware lab, which runs
 * test/lab in kernels of its own, comes last: one for the devices and one for
 * a whole box, at the same time, since each uses a core.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The longest, test/systemd/lab.test.ts, is a whole machine. */
const FILE_TIMEOUT_MS = 420_000;
/** The lab ends by itself before this, and tells what it had until then. */
const LAB_TIMEOUT_S = 420;
/** scripts/lab.sh: it cannot run on this machine. */
const LAB_CANNOT = 3;

/** Minutes where much else runs; scripts/lab.sh slow/box. */
const FOR_PEOPLE = 'lab/slow/box.test.ts';

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
    .filter((path) => path.endsWith('.test.ts') && path !== FOR_PEOPLE)
    .map((path) => `test/${path}`)
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
    .toSorted();
}

interface Ended {
  readonly output: string;
  readonly code: number | null;
  readonly isLate: boolean;
  readonly seconds: number;
}

async function runFile(file: string): Promise<Outcome> {
  const ended = await run(process.execPath, ['--import', 'tsx', file], FILE_TIMEOUT_MS);
  return { ...ended, file, ...judge(ended) };
}

async function runLab(title: string, files: readonly string[]): Promise<Outcome> {
  const names = files.map((file) => file.replace(/^test\/lab\/|\.test\.ts$/g, ''));
  const env = { LAB_BUILD: 'no', LAB_LAX: 'yes', LAB_TIMEOUT_S: String(LAB_TIMEOUT_S) };
  const timeoutMs = (LAB_TIMEOUT_S + 30) * 1000;
  const ended = await run('bash', ['scripts/lab.sh', ...names], timeoutMs, env);
  return { ...ended, file: title, ...judgeLab(files, ended) };
}

async function run(
  command: string,
  args: readonly string[],
  timeoutMs: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const startedMs = performance.now();
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', ...env },
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
  }, timeoutMs);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  killGroup(child.pid);
  const seconds = (performance.now() - startedMs) / 1000;
  return { output, code, isLate, seconds };
}

function judge({ output, code, isLate }: Ended) {
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

/** Its last line counts; a lab that cannot run skips each of its tests. */
function judgeLab(files: readonly string[], { output, code, isLate }: Ended) {
  if (code === LAB_CANNOT) {
    const skipped = files.reduce((sum, file) => sum + countTests(file), 0);
    const why = `SKIPPED: ${/^lab: cannot run here: (.*)$/m.exec(output)?.[1] ?? 'no reason told'}`;
    return { passed: 0, failed: 0, skipped, why };
  }
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  const counts = /^(\d+) passed, (\d+) failed$/.exec(last);
  const [passed, failed] = [Number(counts?.[1] ?? 0), Number(counts?.[2] ?? 1)];
  if (counts === null) return { passed, failed, skipped: 0, why: isLate ? 'it hung' : 'no counts' };
  const isOdd = failed === 0 && (code !== 0 || passed === 0);
  return {
    passed,
    failed: isOdd ? 1 : failed,
    skipped: 0,
    why: isOdd ? `it ended with ${code}` : '',
  };
}

/** As they stand in the file; one in a loop counts once. */
function countTests(file: string): number {
  return readFileSync(file, 'utf8').match(/^\s*test\(/gm)?.length ?? 0;
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

const files = findTests(process.argv.slice(2));
const labFiles = files.filter((file) => file.startsWith('test/lab/'));
const queue = files.filter((file) => !labFiles.includes(file));
const outcomes: Outcome[] = [];
function report(outcome: Outcome): void {
  outcomes.push(outcome);
  const { file, passed, failed, skipped, seconds, why, output } = outcome;
  const mark = failed > 0 ? 'FAIL' : 'ok  ';
  console.log(
    `${mark} ${file}  ${passed} passed${skipped > 0 ? `, ${skipped} skipped` : ''}  ${seconds.toFixed(1)} s  ${why}`,
  );
  for (const [line] of output.matchAll(
    /^(SKIPPED \d+: |(ok {2}|FAIL) test\/lab\/| {4}MISSED).*$/gm,
  )) {
    console.log(`     ${line}`);
  }
  if (failed > 0) console.log(output.replaceAll('\r', '').replace(/^/gm, '     | '));
}
async function work(): Promise<void> {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    report(await runFile(file));
  }
}
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
const isWhole = (file: string) => file.startsWith('test/lab/slow/');
const labs: Readonly<Record<string, readonly string[]>> = {
  'the hardware lab': labFiles.filter((file) => !isWhole(file)),
  'a whole box in the hardware lab': labFiles.filter(isWhole),
};
await Promise.all(
  Object.entries(labs).map(async ([title, chosen]) => {
    if (chosen.length > 0) report(await runLab(title, chosen));
  }),
);

const sum = (pick: (outcome: Outcome) => number) =>
  outcomes.reduce((all, outcome) => all + pick(outcome), 0);
const [passed, failed, skipped] = [
  sum((o) => o.passed),
  sum((o) => o.failed),
  sum((o) => o.skipped),
];
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
