/** The limits that hold for every source file and folder, and what breaks them. */
import { dirname } from 'node:path';
import type { Source } from './sources.ts';

const FUNCTION_LINES = 60;
const FILE_LINES = 250;
const TEST_FILE_LINES = 300;
const FOLDER_FILES = 20;

export interface Check {
  /** What is counted; the limit is that there are none. */
  readonly what: string;
  /** Each place with its figure. */
  readonly found: readonly string[];
}

export function checkLimits(sources: readonly Source[]): readonly Check[] {
  const product = sources.filter(({ path }) => !isTest(path));
  const tests = sources.filter(({ path }) => isTest(path));
  return [
    {
      what: `functions over ${FUNCTION_LINES} lines (outside tests)`,
      found: product.flatMap(({ path, functions }) =>
        functions
          .filter(({ lines }) => lines > FUNCTION_LINES)
          .map(({ name, line, lines }) => `${path}:${line} ${name}: ${lines}`),
      ),
    },
    {
      what: 'files without an opening line',
      found: sources.filter((file) => !file.hasOpeningLine).map(({ path }) => path),
    },
    { what: `files over ${FILE_LINES} lines`, found: longerThan(product, FILE_LINES) },
    { what: `test files over ${TEST_FILE_LINES} lines`, found: longerThan(tests, TEST_FILE_LINES) },
    { what: `folders with more than ${FOLDER_FILES} files`, found: fullFolders(sources) },
  ];
}

export function isTest(path: string): boolean {
  return path.startsWith('test/');
}

function longerThan(files: readonly Source[], limit: number): readonly string[] {
  return files
    .filter(({ lines }) => lines > limit)
    .toSorted((a, b) => b.lines - a.lines)
    .map(({ path, lines }) => `${path}: ${lines}`);
}

function fullFolders(sources: readonly Source[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { path } of sources) {
    counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, files]) => files > FOLDER_FILES)
    .map(([folder, files]) => `${folder}: ${files}`);
}
