/**
 * Runs every test file in a process of its own, and counts what passed.
 *
 * uvu exits 0 when a hook throws, skips a file that forgets `.run()`, and has no
 * time limit: scripts/tests/counts.ts finds these. A file may print `SKIPPED n: why`
 * for what this machine cannot do.
 *
 *     node --import tsx scripts/run-tests.ts [word in a path…]
 */
import { availableParallelism } from 'node:os';
import { findJobs, type Job, type Outcome } from './tests/jobs.ts';

/**
 * Most test files wait more than they compute, so one more than there are cores run
 * side by side; of those one at a time is a machine, which computes.
 */
const WORKERS = availableParallelism() + 1;

const outcomes: Outcome[] = [];

function report(outcome: Outcome): void {
  outcomes.push(outcome);
  const { title, passed, failed, skipped, seconds, why, output } = outcome;
  const mark = failed > 0 ? 'FAIL' : 'ok  ';
  const counts = `${passed} passed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  console.log(`${mark} ${title}  ${counts}  ${seconds.toFixed(1)} s  ${why}`);
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
    if (job !== undefined) report(await job.run());
  }
}

function sum(pick: (outcome: Outcome) => number): number {
  return outcomes.reduce((all, outcome) => all + pick(outcome), 0);
}

const queue = [...findJobs(process.argv.slice(2))];
await Promise.all(Array.from({ length: WORKERS }, (_, index) => work(queue, index === 0)));
const [passed, failed] = [sum((o) => o.passed), sum((o) => o.failed)];
const skipped = sum((o) => o.skipped);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
