/**
 * Runs every test file, many in one process after the other, and counts what passed.
 *
 * uvu exits 0 when a hook throws, skips a file that forgets `.run()`, and has no
 * time limit: scripts/tests/counts.ts finds these. A file may print `SKIPPED n: why`
 * for what this machine cannot do. A file that failed beside others is run once more,
 * alone, and both runs are shown: what fails only on a busy machine is named as such.
 * All of it ends in time (scripts/tests/time.ts): what was not run until then has failed.
 *
 *     [TESTS_WITHIN_S=1620] node --import tsx scripts/run-tests.ts [word in a path…]
 */
import { availableParallelism } from 'node:os';
import { buildTests } from './tests/build.ts';
import { filesJob, findJobs, type Job, type Outcome } from './tests/jobs.ts';
import { leftMs } from './tests/time.ts';

const CORES = availableParallelism();
/** More failures than these are no matter of load. */
const MAX_RUN_AGAIN = 5;

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

/** Takes jobs until none is left, the long ones first or the short ones, which are last. */
async function work(queue: Job[], take: 'shift' | 'pop' = 'shift'): Promise<void> {
  while (queue.length > 0 && leftMs() > 0) {
    for (const outcome of (await queue[take]()?.run()) ?? []) report(outcome);
  }
}

/**
 * Most test files wait more than they compute, so more than there are cores run side by side: two
 * more, one of them the short files, which have no box; and one more beside a machine, which computes.
 */
async function runAll(jobs: readonly Job[]): Promise<void> {
  const machines = jobs.filter(({ isMachine }) => isMachine);
  const files = jobs.filter(({ isMachine }) => !isMachine);
  const afterMachines = async () => {
    await work(machines);
    await Promise.all([work(files), work(files, 'pop')]);
  };
  await Promise.all([afterMachines(), ...Array.from({ length: CORES }, () => work(files))]);
}

function sum(pick: (outcome: Outcome) => number): number {
  return [...outcomes.values()].reduce((all, outcome) => all + pick(outcome), 0);
}

/** A file without an outcome is no file that passed. */
function neverRun(title: string): Outcome {
  const why = leftMs() > 0 ? 'it was not run' : 'it was not run: there was no time left';
  const counts = { passed: 0, failed: 1, skipped: 0, why };
  return { ...counts, title, output: '', code: null, isTimedOut: false, seconds: 0 };
}

/** The quick ones first, each where it fits into the time that is left. */
async function runAgain(failed: readonly Outcome[]): Promise<void> {
  for (const { title, seconds } of failed.toSorted((a, b) => a.seconds - b.seconds)) {
    if (seconds * 1_000 > leftMs()) {
      console.log(`not again, as ${Math.max(0, leftMs() / 1_000).toFixed(0)} s are left: ${title}`);
      continue;
    }
    console.log(`again, alone: ${title}`);
    const job = jobs.find(({ titles }) => titles.length === 1 && titles[0] === title);
    for (const outcome of await (job ?? filesJob([title])).run()) {
      report(outcome);
      if (outcome.failed === 0) console.log(`failed beside other tests only: ${title}`);
    }
  }
}

const words = process.argv.slice(2);
// Of a whole run nobody looks at pictures of pages.
if (words.length === 0) process.env['NO_PICTURES'] = 'yes';
await buildTests();
const jobs = findJobs(words);
await runAll(jobs);
for (const title of jobs.flatMap(({ titles }) => titles)) {
  if (!outcomes.has(title)) report(neverRun(title));
}
const failures = [...outcomes.values()].filter((outcome) => outcome.failed > 0);
if (failures.length > MAX_RUN_AGAIN) console.log(`not again: ${failures.length} files failed`);
else if (outcomes.size > failures.length) await runAgain(failures);
const [passed, failed] = [sum((o) => o.passed), sum((o) => o.failed)];
const skipped = sum((o) => o.skipped);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
