/**
 * A process of a mutation run: loads the tests of a target once, runs each without a mutant to
 * see which mutants it passes, then for each mutant that it is sent those tests that pass it.
 */
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';

interface Test {
  readonly title: string;
  readonly handler: (state: object) => unknown;
}

interface Suite {
  readonly name: string;
  readonly tests: readonly Test[];
  readonly before: readonly Hook[];
  readonly after: readonly Hook[];
  readonly beforeEach: readonly Hook[];
  readonly afterEach: readonly Hook[];
  readonly state: object;
}

type Hook = (state: object) => unknown;

export interface Verdict {
  readonly id: number;
  readonly outcome: 'killed' | 'survived' | 'not-covered';
}

export type FromMutationWorker =
  | { readonly type: 'ready'; readonly tests: number; readonly failing: readonly string[] }
  | { readonly type: 'verdict'; readonly verdict: Verdict };

interface Known {
  readonly suite: Suite;
  readonly test: Test;
  readonly tookMs: number;
  readonly passes: ReadonlySet<number>;
}

/** A loop that never ends passes its mutant again and again. */
const PASSES_MAX = 3_000_000;
const TEST_MIN_MS = 5_000;
const SLOWER = 10;
/** Random tests: a mutant that a tenth of them does not find is found by no test that can be relied on. */
const RANDOM_RUNS = 30;

let active = 0;
let passesLeft = PASSES_MAX;
let passed = new Set<number>();

const all = globalThis as unknown as {
  mutation: (id: number) => boolean;
  differs: (id: number, mutant: () => unknown, original: () => unknown) => void;
  learns: boolean;
  suites: Suite[];
};
all.suites = [];
all.learns = false;
/** Mutants that are looked at: a test in which none of their values differs cannot notice them. */
const compared = new Set<number>();
all.differs = (id, mutant, original) => {
  compared.add(id);
  try {
    if (!Object.is(mutant(), original())) passed.add(id);
  } catch {
    passed.add(id);
  }
};
all.mutation = (id) => {
  if (all.learns && !compared.has(id)) passed.add(id);
  if (id !== active) return false;
  passesLeft -= 1;
  if (passesLeft < 0) throw new Error('a loop without an end');
  return true;
};

/** What a task without a wait for it throws is seen, too. */
let onLateError = (_error: unknown): void => undefined;
process.on('uncaughtException', (error) => onLateError(error));
process.on('unhandledRejection', (error) => onLateError(error));
process.stdout.write = () => true;
fc.configureGlobal({ numRuns: RANDOM_RUNS });

async function runTest(suite: Suite, test: Test, maxMs: number): Promise<boolean> {
  const late = new Promise<never>((_, reject) => {
    onLateError = reject;
  });
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('too long')), maxMs);
  });
  const run = async () => {
    for (const hook of [...suite.before, ...suite.beforeEach]) await hook(suite.state);
    await test.handler(suite.state);
    for (const hook of [...suite.afterEach, ...suite.after]) await hook(suite.state);
  };
  try {
    await Promise.race([run(), late, tooLong]);
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    onLateError = () => undefined;
  }
}

async function learn(): Promise<{ known: readonly Known[]; failing: readonly string[] }> {
  all.learns = true;
  const known: Known[] = [];
  const failing: string[] = [];
  for (const suite of all.suites) {
    for (const test of suite.tests) {
      passed = new Set();
      const startedMs = performance.now();
      const isGood = await runTest(suite, test, 120_000);
      const tookMs = performance.now() - startedMs;
      if (isGood) known.push({ suite, test, tookMs, passes: passed });
      else failing.push(`${suite.name}: ${test.title}`);
    }
  }
  all.learns = false;
  return { known: known.toSorted((a, b) => a.tookMs - b.tookMs), failing };
}

async function judge(id: number, known: readonly Known[]): Promise<Verdict> {
  const covering = known.filter(({ passes }) => passes.has(id));
  // Reached, and the same in all tests.
  if (covering.length === 0) return { id, outcome: compared.has(id) ? 'survived' : 'not-covered' };
  for (const { suite, test, tookMs } of covering) {
    active = id;
    passesLeft = PASSES_MAX;
    const isGood = await runTest(suite, test, TEST_MIN_MS + SLOWER * tookMs);
    active = 0;
    if (!isGood) return { id, outcome: 'killed' };
  }
  return { id, outcome: 'survived' };
}

const send = (message: FromMutationWorker) => process.send?.(message);

for (const file of process.argv.slice(2)) {
  await import(pathToFileURL(file).href).catch((error: unknown) => {
    console.error(file, error);
    process.exit(1);
  });
}
const { known, failing } = await learn();
process.on('message', (id: number) => {
  void judge(id, known).then((verdict) => send({ type: 'verdict', verdict }));
});
process.once('disconnect', () => process.exit(0));
send({ type: 'ready', tests: known.length, failing });
