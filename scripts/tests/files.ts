/**
 * Runs test files in this process, one after the other, each as it would run alone: the next
 * begins when nothing keeps Node alive any more.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import 'uvu';
import { cpuSeconds } from '../bench/machine.ts';
import { builtOf } from './built.ts';
import { firstLine, lastLine } from './sections.ts';

/** What uvu runs, in a timer, once the file that queued it has loaded. */
const queue = globalThis as unknown as { UVU_QUEUE: unknown[][] };
const files = process.argv.slice(2);
let cpuBeforeS = 0;
let end = (_code: number): void => undefined;

process.on('beforeExit', (code) => {
  end(code);
  const file = files.shift();
  if (file !== undefined) end = begin(file);
});
// Also where one ends the process.
process.on('exit', (code) => end(code));

/** @returns Prints what it took. */
function begin(file: string): typeof end {
  const startedMs = performance.now();
  let isLoaded = false;
  process.stdout.write(firstLine(file));
  process.exitCode = 0;
  queue.UVU_QUEUE = [[null]];
  import(pathToFileURL(resolve(builtOf(file))).href).then(
    () => {
      isLoaded = true;
    },
    (error: unknown) => console.error(error),
  );
  return (code) => {
    const cpuS = cpuSeconds('self', true);
    const took = { seconds: (performance.now() - startedMs) / 1000, cpuS: cpuS - cpuBeforeS };
    process.stdout.write(lastLine({ code: isLoaded ? code : 1, ...took }));
    cpuBeforeS = cpuS;
    end = () => undefined;
  };
}
