/** `npm run structure`: what it counts, and that each limit can fail. */
import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkImports, findViolations } from '../../../scripts/structure/imports.ts';
import { checkLimits } from '../../../scripts/structure/limits.ts';
import { measure, readSources, sizesByFolder } from '../../../scripts/structure/sources.ts';
import { nodeProgram } from '../../support/program.ts';
import { inTree } from './support/tree.ts';

const test = suite('figures of the structure');

const GOOD = '/** Holds one number. */\nexport const one = 1;\n';
const long = (lines: number) => `/** Long. */\n${'export {};\n'.repeat(lines - 1)}`;
const longFunction = (lines: number) =>
  `/** Counts. */\nexport function count(): void {\n${'  one();\n'.repeat(lines - 2)}}\n`;
const base = { 'daemon/model/a.ts': GOOD, 'pipelines/gdp/a.ts': GOOD, 'hal/os/a.ts': GOOD };

/** The limits that these files break, with the places. */
async function broken(
  files: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, readonly string[]>>> {
  return inTree({ ...base, ...files }, async () => {
    const checks = [...checkImports(await findViolations()), ...checkLimits(readSources('.'))];
    return Object.fromEntries(
      checks.filter(({ found }) => found.length > 0).map(({ what, found }) => [what, found]),
    );
  });
}

test('lines of code are those that hold more than a comment', () => {
  const text = [
    '#!/usr/bin/env node',
    '/**',
    ' * Says hello.',
    ' */',
    '',
    'export const text = `one // no comment',
    '',
    'three`; // a comment',
    '/* a comment */ export const other = /\\/\\*/;',
    '// the end',
    '',
  ].join('\n');
  const { lines, codeLines, hasOpeningLine } = measure('a.ts', text);
  assert.equal(
    { lines, codeLines, hasOpeningLine },
    { lines: 10, codeLines: 4, hasOpeningLine: true },
  );
});

test('functions are named and measured without their comment, arrow functions and methods too', () => {
  const text = [
    "import { x } from './x.ts';",
    '/** A docstring',
    ' * of two lines. */',
    'export const open = (a: number) => {',
    '  return a;',
    '};',
    'class Box { read(): number {',
    '    return 1; } }',
  ].join('\n');
  const { functions, hasOpeningLine } = measure('a.ts', text);
  assert.equal(functions, [
    { name: 'open', line: 4, lines: 3 },
    { name: 'read', line: 7, lines: 2 },
  ]);
  assert.is(hasOpeningLine, false);
});

test('files and lines are counted folder by folder', async () => {
  const files = { ...base, 'hal/os/b.ts': GOOD, 'hal/gst/c.ts': long(10) };
  const sizes = await inTree(files, () => sizesByFolder(readSources('.')));
  assert.equal(
    sizes.map(({ folder, files, lines, codeLines }) => [folder, files, lines, codeLines]),
    [
      ['daemon/model', 1, 2, 1],
      ['hal/gst', 1, 10, 9],
      ['hal/os', 2, 4, 2],
      ['pipelines/gdp', 1, 2, 1],
    ],
  );
});

test('a tree within the limits breaks none', async () => {
  const twenty = Array.from({ length: 20 }, (_, index) => [`hal/gst/f${index}.ts`, GOOD]);
  const files = {
    ...Object.fromEntries(twenty),
    'hal/os/long.ts': long(250),
    'test/hal/long.test.ts': long(300),
    'hal/os/function.ts': longFunction(60),
    'test/hal/function.test.ts': longFunction(200),
  };
  assert.equal(await broken(files), {});
});

test('an import upward, a cycle and a package in the wrong place are each counted', async () => {
  const from = (path: string) => `/** Imports. */\nexport * from '${path}';\n`;
  const found = await broken({
    'hal/os/b.ts': from('../../daemon/model/a.ts'),
    'hal/os/c.ts': from('./d.ts'),
    'hal/os/d.ts': from('./c.ts'),
    'hal/os/e.ts': from('node:child_process'),
  });
  const counted = [
    'imports against the table (arrows up)',
    'import cycles',
    'packages outside their file',
  ];
  assert.equal(Object.keys(found).toSorted(), counted.toSorted());
  const isIn = (what: string, file: string) => JSON.stringify(found[what]).includes(file);
  assert.equal(
    counted.map((what) => ['b', 'c', 'e'].filter((file) => isIn(what, `hal/os/${file}.ts`))),
    [['b'], ['c'], ['e']],
  );
});

test('each limit of files, functions and folders can be broken', async () => {
  const many = Array.from({ length: 21 }, (_, index) => [`hal/gst/f${index}.ts`, GOOD]);
  const files = {
    ...Object.fromEntries(many),
    'hal/os/b.ts': longFunction(61),
    'hal/os/c.ts': long(251),
    'test/a.test.ts': 'export {};\n// late\n',
    'test/b.test.ts': long(301),
  };
  assert.equal(await broken(files), {
    'functions over 60 lines (outside tests)': ['hal/os/b.ts:2 count: 61'],
    'files without an opening line': ['test/a.test.ts'],
    'files over 250 lines': ['hal/os/c.ts: 251'],
    'test files over 300 lines': ['test/b.test.ts: 301'],
    'folders with more than 20 files': ['hal/gst: 21'],
  });
});

test('the command exits 1 when a limit is broken, and 0 where it only reports', async () => {
  const program = nodeProgram('scripts/structure/figures');
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [...program, ...args], { encoding: 'utf8' });
  await inTree({ ...base, 'hal/os/b.ts': long(251) }, () => {
    const failed = run();
    assert.is(failed.status, 1, failed.stderr);
    assert.match(failed.stdout, 'FAIL files over 250 lines: 1');
    assert.is(run('--report').status, 0);
  });
  await inTree(base, () => assert.is(run().status, 0));
});

test.run();
