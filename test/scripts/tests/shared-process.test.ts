/** Test files that share a process are counted one by one, whatever one of them does. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Outcome, runFiles } from '../../../scripts/tests/jobs.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('test files in one process');

const HEAD = `import { suite } from '${import.meta.resolve('uvu')}';\nconst test = suite('s');\n`;
const PASSES = "test('passes', () => undefined);\n";
const FAILS = "test('fails', () => { throw new Error('on purpose'); });\n";
const LATE = "setTimeout(() => { throw new Error('late'); }, 50);\n";
const RUN = 'test.run();\n';

interface Kind {
  readonly text: string;
  readonly passed: number;
  readonly why: string;
}

const NO_TOTALS = 'no totals: a hook threw, or .run() is missing';
const KINDS: Readonly<Record<string, Kind>> = {
  passes: { text: PASSES + RUN, passed: 1, why: '' },
  'has two suites': { text: PASSES + RUN + PASSES + RUN, passed: 2, why: '' },
  'takes its time': {
    text: `test('waits', () => new Promise((resolve) => setTimeout(resolve, 50)));\n${RUN}`,
    passed: 1,
    why: '',
  },
  fails: { text: PASSES + FAILS + RUN, passed: 1, why: '1 of 2 failed' },
  'forgets .run()': { text: PASSES, passed: 0, why: NO_TOTALS },
  'has no tests': { text: RUN, passed: 0, why: 'no tests in the file' },
  'does not load': {
    text: `${PASSES}${RUN}throw new Error('on purpose');\n`,
    passed: 1,
    why: 'exited with 1',
  },
  'throws before its tests': {
    text: `test.before(() => { throw new Error('on purpose'); });\n${PASSES}${RUN}`,
    passed: 0,
    why: '1 of 1 failed',
  },
  'throws after its tests': {
    text: `test.after(() => { throw new Error('on purpose'); });\n${PASSES}${RUN}`,
    passed: 0,
    why: NO_TOTALS,
  },
  'throws once its tests have passed': {
    text: PASSES + RUN + LATE,
    passed: 1,
    why: 'exited with 1',
  },
  'waits for what never comes': {
    text: `test('waits', () => new Promise(() => undefined));\n${RUN}`,
    passed: 0,
    why: NO_TOTALS,
  },
  'ends its process': {
    text: `test('ends', () => process.exit(0));\n${RUN}`,
    passed: 0,
    why: NO_TOTALS,
  },
  'is no program': { text: 'const = ;\n', passed: 0, why: NO_TOTALS },
};

async function outcomesOf(
  texts: readonly string[],
  timeoutMs?: number,
): Promise<readonly Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-shared-process-'));
  try {
    const files = texts.map((text, i) => {
      const file = join(folder, `${i}.test.mjs`);
      writeFileSync(file, HEAD + text);
      return file;
    });
    const outcomes = await runFiles(files, timeoutMs);
    assert.equal(
      outcomes.map(({ title }) => title),
      files,
    );
    return outcomes;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('each is counted as it would be alone, in any order', async () => {
  const random = seeded(11);
  const order = [...Object.entries(KINDS), ...Object.entries(KINDS)]
    .map((kind) => ({ kind, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ kind }) => kind);
  const outcomes = await outcomesOf(order.map(([, { text }]) => text));
  order.forEach(([name, { passed, why }], i) => {
    const outcome = outcomes[i];
    assert.equal([outcome?.passed, outcome?.why], [passed, why], `${name}:\n${outcome?.output}`);
    assert.is(outcome?.failed, why === '' ? 0 : 1, name);
  });
});

test('what a file printed is its own', async () => {
  const [one, two] = await outcomesOf([`${PASSES}${RUN}console.log('one');`, FAILS + RUN]);
  assert.match(one?.output ?? '', /^one$/m);
  assert.not.match(two?.output ?? '', /^one$/m);
  assert.match(two?.output ?? '', 'on purpose');
});

test('none is lost behind one that prints more than is kept', async () => {
  const much = `console.log('x'.repeat(2_100_000));\n${PASSES}${RUN}`;
  const outcomes = await outcomesOf([FAILS + RUN, PASSES + RUN, much, PASSES + RUN]);
  const counts = outcomes.map(({ passed, failed }) => [passed, failed]);
  const passes = [1, 0];
  assert.equal(counts, [[0, 1], passes, passes, passes]);
});

test('one that does not end, before or after its last test, is ended, and the next one begun', async () => {
  const open = 'setInterval(() => undefined, 1_000);\n';
  const hangs = `test('waits', () => new Promise(() => undefined));\n${RUN}`;
  const outcomes = await outcomesOf([open + PASSES + RUN, open + hangs], 10_000);
  for (const { why, failed } of outcomes) {
    assert.match(why, /^timed out/);
    assert.is(failed, 1);
  }
});

test.run();
