/**
 * Runs every test file, many in one process after the other, and counts what passed.
 *
 * uvu exits 0 when a hook throws, skips a file that forgets `.run()`, and has no
 * time limit: scripts/tests/counts.ts finds these. A file may print `SKIPPED n: why`
 * for what this machine cannot do. A file that failed beside others is run once more,
 * alone, and both runs are shown: what fails only on a busy machine is named as such.
 *
 *     node --import tsx scripts/run-tests.ts [word in a path…]
 */
import { availableParallelism } from 'node:os';
import { filesJob, findJobs, type Job, type Outcome } from './tests/jobs.ts';

/**
 * Most test files wait more than they compute, so one more than there are cores run
 * side by side; of those one at a time is a machine, which computes.
 */
const WORKERS = availableParallelism() + 1;

/** More failures than these are no matter of load. */
const MAX_RUN_AGAIN = 5;
/** None is begun later than this after the start: all tests end within 30 minutes. */
const RUN_AGAIN_UNTIL_MS = 20 * 60_000;

/** By title; the last run counts. */
const outcomes = new Map<string, Outcome>();

function report(outcome: Outcome): void {
  outcomes.set(outcome.title, outcome);
  const { title, passed, failed, skipped, seconds, cpuS, why, output } = outcome;
  const mark = failed > 0 ? 'FAIL' : 'ok  ';
  const counts = `${passed} passed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  const took = `${seconds.toFixed(1)} s${cpuS === undefined ? '' : `, CPU ${cpuS.toFixed(1)} s`}`;
  console.log(`${mark} ${title}  ${counts}  ${took}  ${why}`);
  for (const [line] of output.matchAll(/^(SKIPPED \d+: |(ok {2}|FAIL) test\/lab\/).*$/gm)) {
    console.log(`     ${line}`);
  }
  if (failed > 0) console.log(output.replaceAll('\r', '').replace(/^/gm, '     | '));
}

/** Takes jobs until none is left: one worker the machines first, the others the files first. */
async function work(queue: Job[], isForMachines: boolean): Promise<void> {
  while (queue.length > 0) {
    const preferred = queue.findIndex(({ isMachine }) => isMachine === isForMachines);
    const [job] = queue.splice(Math.max(0, preferred), 1);
    for (const outcome of (await job?.run()) ?? []) report(outcome);
  }
}

function sum(pick: (outcome: Outcome) => number): number {
  return [...outcomes.values()].reduce((all, outcome) => all + pick(outcome), 0);
}

/** A file without an outcome is a fault of this program, and no file that passed. */
function neverRun(title: string): Outcome {
  const counts = { passed: 0, failed: 1, skipped: 0, why: 'it was not run' };
  return { ...counts, title, output: '', code: null, isTimedOut: false, seconds: 0 };
}

async function runAgain(failed: readonly string[]): Promise<void> {
  for (const title of failed) {
    if (performance.now() > RUN_AGAIN_UNTIL_MS) return;
    console.log(`again, alone: ${title}`);
    const job = jobs.find(({ titles }) => titles.length === 1 && titles[0] === title);
    for (const outcome of await (job ?? filesJob([title])).run()) {
      report(outcome);
      if (outcome.failed === 0) console.log(`failed beside other tests only: ${title}`);
    }
  }
}

const jobs = findJobs(process.argv.slice(2));
const queue = [...jobs];
await Promise.all(Array.from({ length: WORKERS }, (_, index) => work(queue, index === 0)));
for (const title of jobs.flatMap(({ titles }) => titles)) {
  if (!outcomes.has(title)) report(neverRun(title));
}
const failures = [...outcomes.values()].filter(({ failed }) => failed > 0).map((o) => o.title);
if (failures.length <= MAX_RUN_AGAIN && outcomes.size > failures.length) await runAgain(failures);
const [passed, failed] = [sum((o) => o.passed), sum((o) => o.failed)];
const skipped = sum((o) => o.skipped);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
