/**
 * `npm run mutation -- [NAME...] [--jobs N] [--sample N] [--seed N] [--minutes N] [--survivors]`: puts
 * small faults into the files that decide (targets.ts), one at a time, in an order drawn from the
 * seed, and counts those that a test notices. Where it is not to try them all, those that it tried
 * are a fair sample.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { seeded } from '../../test/support/seeded.ts';
import type { Mutant } from './mutants.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { TARGETS, type Target } from './targets.ts';
import type { FromMutationWorker, Verdict } from './worker.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: 'string', default: '2' },
    /** No more mutants of each target than this. */
    sample: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: '1' },
    /** Of each target, after its tests have loaded: then it says what it has. */
    minutes: { type: 'string', default: 'Infinity' },
    survivors: { type: 'boolean', default: false },
  },
});

/** Each test is run once before the first mutant. */
const READY_MS = 900_000;
/** A worker that answers no more loops without passing its mutant. */
const ANSWER_MS = 180_000;

interface Score {
  readonly name: string;
  /** Of so many mutants. */
  readonly all: number;
  readonly killed: number;
  readonly survived: readonly Mutant[];
  /** No test passes them after the load: constants, and code without a test. */
  readonly notCovered: readonly Mutant[];
}

/** The verdict of each mutant of the queue, which several workers share. */
async function runWorker(sandbox: Sandbox, queue: number[], verdicts: Verdict[]): Promise<void> {
  while (queue.length > 0) {
    const worker = startWorker(sandbox);
    try {
      if ((await answerOf(worker, READY_MS)) === undefined)
        throw new Error('the tests did not load');
      const endMs = performance.now() + 60_000 * Number(values.minutes);
      for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
        worker.send(id);
        const answer = await answerOf(worker, ANSWER_MS);
        const isLost = answer?.type !== 'verdict';
        verdicts.push(isLost ? { id, outcome: 'killed' } : answer.verdict);
        if (performance.now() > endMs) queue.length = 0;
        if (isLost) break;
      }
    } finally {
      worker.kill('SIGKILL');
    }
  }
}

function startWorker({ folder, tests }: Sandbox): ChildProcess {
  return fork('scripts/mutation/worker.ts', [...tests], {
    cwd: folder,
    execArgv: ['--no-warnings', '--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** Undefined where it has ended, or hangs. */
function answerOf(worker: ChildProcess, withinMs: number): Promise<FromMutationWorker | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), withinMs);
    const done = (answer: FromMutationWorker | undefined) => {
      clearTimeout(timer);
      worker.removeAllListeners();
      resolve(answer);
    };
    worker.once('exit', () => done(undefined));
    worker.once('message', (message) => {
      const answer = message as FromMutationWorker;
      if (answer.type === 'ready') {
        for (const one of answer.failing) console.log(`  fails without a mutant: ${one}`);
      }
      done(answer);
    });
  });
}

async function score(target: Target, jobs: number): Promise<Score> {
  using sandbox = openSandbox(target);
  const { mutants } = sandbox;
  const queue = shuffled(mutants, Number(values.seed))
    .slice(0, Number(values.sample))
    .map(({ id }) => id);
  console.log(`${target.name}: ${queue.length} mutants, ${sandbox.tests.length} test files`);
  const verdicts: Verdict[] = [];
  await Promise.all(Array.from({ length: jobs }, () => runWorker(sandbox, queue, verdicts)));
  const of = (outcome: Verdict['outcome']) =>
    verdicts
      .filter((one) => one.outcome === outcome)
      .flatMap(({ id }) => mutants.find((mutant) => mutant.id === id) ?? []);
  return {
    name: target.name,
    all: mutants.length,
    killed: of('killed').length,
    survived: of('survived'),
    notCovered: of('not-covered'),
  };
}

/** Fisher and Yates. */
function shuffled<T>(all: readonly T[], seed: number): readonly T[] {
  const random = seeded(seed);
  const shuffle = [...all];
  for (let i = shuffle.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [shuffle[i], shuffle[j]] = [shuffle[j] as T, shuffle[i] as T];
  }
  return shuffle;
}

function print({ name, all, killed, survived, notCovered }: Score): void {
  const covered = killed + survived.length;
  const pct = (100 * killed) / Math.max(1, covered);
  console.log(
    `${name}: ${killed} of ${covered} noticed, ${pct.toFixed(1)} %; ${notCovered.length} not reached, of ${all} in all; load ${loadavg()[0]?.toFixed(1)}`,
  );
  if (!values.survivors) return;
  const list = (what: string, all: readonly Mutant[]) => {
    for (const { file, line, from, to } of all.toSorted((a, b) => a.id - b.id)) {
      console.log(`  ${what} ${file}:${line} ${oneLine(from)} -> ${oneLine(to)}`);
    }
  };
  list('survived', survived);
  list('not reached', notCovered);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 90);
}

const wanted = TARGETS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (wanted.length === 0) {
  console.error(`no such target; there are: ${TARGETS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
for (const target of wanted) print(await score(target, Number(values.jobs)));
