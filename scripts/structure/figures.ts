/**
 * Prints the size of each folder and what breaks the limits of the code's structure:
 *
 *     npm run structure               exits 1 when a limit is broken
 *     npm run structure -- --report   only prints
 */
import { checkImports, findViolations } from './imports.ts';
import { type Check, checkLimits, isTest } from './limits.ts';
import { readSources, type Source, sizesByFolder, sum } from './sources.ts';

function printSizes(sources: readonly Source[]): void {
  const row = (name: string, files: number, lines: number, codeLines: number) =>
    console.log(
      `${name.padEnd(36)} ${String(files).padStart(5)} ${String(lines).padStart(7)} ${String(codeLines).padStart(7)}`,
    );
  console.log(`${'folder'.padEnd(36)} files   lines    code`);
  for (const { folder, files, lines, codeLines } of sizesByFolder(sources)) {
    row(folder, files, lines, codeLines);
  }
  const parts: readonly (readonly [string, (path: string) => boolean])[] = [
    ['daemon, in all', (path) => path.startsWith('daemon/')],
    ['pipelines, in all', (path) => path.startsWith('pipelines/')],
    ['hal, in all', (path) => path.startsWith('hal/')],
    ['product, in all', (path) => /^(daemon|pipelines|hal)\//.test(path)],
    ['scripts, in all', (path) => path.startsWith('scripts/')],
    ['test, in all', isTest],
  ];
  console.log('');
  for (const [name, isIn] of parts) {
    const files = sources.filter(({ path }) => isIn(path));
    row(name, files.length, sum(files.map((f) => f.lines)), sum(files.map((f) => f.codeLines)));
  }
}

function printLongest(sources: readonly Source[]): void {
  for (const [what, files] of [
    ['longest file', sources.filter(({ path }) => !isTest(path))],
    ['longest test file', sources.filter(({ path }) => isTest(path))],
  ] as const) {
    const longest = files.toSorted((a, b) => b.lines - a.lines)[0];
    if (longest !== undefined) console.log(`${what}: ${longest.path}, ${longest.lines} lines`);
  }
}

function printCheck({ what, found }: Check): void {
  console.log(`${found.length === 0 ? 'ok  ' : 'FAIL'} ${what}: ${found.length}`);
  for (const place of found) console.log(`       ${place}`);
}

const sources = readSources('.');
const checks = [...checkImports(await findViolations()), ...checkLimits(sources)];
printSizes(sources);
console.log('');
printLongest(sources);
for (const check of checks) printCheck(check);
const isBroken = checks.some(({ found }) => found.length > 0);
process.exitCode = isBroken && !process.argv.includes('--report') ? 1 : 0;
