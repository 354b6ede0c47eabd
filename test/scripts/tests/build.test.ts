/** Test files are built before they run: what they import, start and read is found from there. */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildTests } from '../../../scripts/tests/build.ts';
import { builtOf } from '../../../scripts/tests/built.ts';
import { inTree } from '../structure/support/tree.ts';

const test = suite('built test files');

const FILES = {
  'package.json': '{"type": "module"}',
  'hal/os/process.ts': `export const entryPoint = (module: string, path: string) =>
    new URL(path + (module.endsWith('.ts') ? '.ts' : '.js'), module).pathname;`,
  'hal/a.ts': `import { entryPoint } from './os/process.ts';
    export const child = (): string => entryPoint(import.meta.url, './os/child');`,
  'hal/os/child.ts': 'console.log("child" as string);',
  'test/support/plain.mjs': 'export const plain = "plain";',
  'test/data/text.txt': 'text',
  'test/a.test.ts': `import { readFileSync } from 'node:fs';
    import { child } from '../hal/a.ts';
    import { plain } from './support/plain.mjs';
    const { found } = await import('./support/found.ts');
    const read = [new URL('data/text.txt', import.meta.url), import.meta.dirname + '/data/text.txt'];
    console.log(JSON.stringify([child(), plain, found, ...read.map((one) => readFileSync(one, 'utf8'))]));`,
  'test/support/found.ts': 'export const found: string = "import \'./x.ts\'";',
};

const run = (file: string) => execFileSync(process.execPath, [file], { encoding: 'utf8' });

test('a program it starts is built too, what it reads lies beside its source, and strings stay', () =>
  inTree(FILES, async () => {
    await buildTests();
    const [child, ...read] = JSON.parse(run(builtOf('test/a.test.ts')));
    assert.is(child, resolve(builtOf('hal/os/child.ts')));
    assert.is(run(child), 'child\n');
    assert.equal(read, ['plain', "import './x.ts'", 'text', 'text']);
  }));

test('what has changed is built again, and what is gone goes', () =>
  inTree(FILES, async () => {
    await buildTests();
    const kept = builtOf('hal/a.ts');
    const builtMs = statSync(kept).ctimeMs;
    writeFileSync('hal/os/child.ts', 'console.log("other");');
    utimesSync('hal/os/child.ts', new Date(), new Date(Date.now() + 5_000));
    rmSync('test/support/found.ts');
    await buildTests();
    assert.is(run(builtOf('hal/os/child.ts')), 'other\n');
    assert.not.ok(existsSync(builtOf('test/support/found.ts')));
    assert.is(statSync(kept).ctimeMs, builtMs);
  }));

test('so is what was saved while it was built, or moved there with a time of long ago', () =>
  inTree(FILES, async () => {
    await buildTests();
    writeFileSync('hal/os/child.ts', 'console.log("other");');
    utimesSync('hal/os/child.ts', new Date(), new Date(Date.now() - 60_000));
    await buildTests();
    assert.is(run(builtOf('hal/os/child.ts')), 'other\n');
  }));

test('all is built again by another recipe, and what was half written before is no built file', () =>
  inTree({ ...FILES, 'tsconfig.json': '{}' }, async () => {
    await buildTests();
    const built = builtOf('hal/os/child.ts');
    writeFileSync(`${built}.1`, 'console.lo');
    const { ctimeMs, mtimeMs } = statSync(built);
    utimesSync('tsconfig.json', new Date(), new Date(Date.now() - 60_000));
    await buildTests();
    assert.is.not(statSync(built).ctimeMs, ctimeMs);
    assert.is(statSync(built).mtimeMs, mtimeMs, 'it has the time of its source');
    assert.is(run(built), 'child\n');
  }));

test.run();
