/** A copy of the sources with mutants in some of them, and with a uvu that collects tests. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Mutant, mutate } from './mutants.ts';
import type { Target } from './targets.ts';

const COPIED = ['daemon', 'hal', 'pipelines', 'scripts', 'systemd', 'test'];
const FILES = ['package.json', 'tsconfig.json'];

export interface Sandbox extends Disposable {
  readonly folder: string;
  readonly mutants: readonly Mutant[];
  /** Paths in it. */
  readonly tests: readonly string[];
}

export function openSandbox({ files, tests }: Target): Sandbox {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-mutation-'));
  for (const name of [...COPIED, ...FILES]) cpSync(name, join(folder, name), { recursive: true });
  linkPackages(folder);
  const mutants: Mutant[] = [];
  for (const file of files) {
    const mutated = mutate(file, readFileSync(file, 'utf8'), mutants.length + 1);
    mutants.push(...mutated.mutants);
    writeFileSync(join(folder, file), mutated.source);
  }
  return {
    folder,
    mutants,
    tests: tests.flatMap(testsBelow).map((path) => join(folder, path)),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** All packages as they are but uvu. */
function linkPackages(folder: string): void {
  const target = join(folder, 'node_modules');
  mkdirSync(target);
  for (const name of readdirSync('node_modules')) {
    if (name !== 'uvu') symlinkSync(resolve('node_modules', name), join(target, name));
  }
  cpSync('node_modules/uvu', join(target, 'uvu'), { recursive: true });
  cpSync('scripts/mutation/uvu.mjs', join(target, 'uvu/dist/index.mjs'));
}

/** They start programs, whose sources are not those with the mutants, and take long. */
const STARTS_PROGRAMS =
  /startBox|node:child_process|startProgram|startVenuebox|startMosquitto|openChromium|openVenueNetwork|encodeMedia/;

function testsBelow(path: string): readonly string[] {
  const all = statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name))
    : [path];
  return all
    .filter((name) => name.endsWith('.test.ts'))
    .filter((name) => !STARTS_PROGRAMS.test(readFileSync(name, 'utf8')))
    .toSorted();
}
