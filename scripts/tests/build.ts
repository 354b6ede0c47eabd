/**
 * Builds test files and all that they import, each file as one of JavaScript in `.tests/`: a loader
 * that compiles them as they are imported costs each process of a test more than the test.
 */
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { FOLDERS, listFiles } from '../structure/list-files.ts';
import { BUILT, builtOf } from './built.ts';

/** What says how they are built: all are built anew once it has changed. */
const RECIPE = ['scripts/tests/build.ts', 'package-lock.json', 'tsconfig.json'];

/** What the recipe was when all was built by it. */
const STAMP = `${BUILT}/recipe`;

/**
 * Builds what has changed since the last time, in the working directory. What is built has its
 * source's time, as that was before it was read: one saved meanwhile, or put in its place with a
 * time of long ago, has another.
 */
export async function buildTests(): Promise<void> {
  const sources = FOLDERS.flatMap((folder) => filesIn(folder, '.ts'));
  removeAllBut(new Set(sources.map(builtOf)));
  const recipe = RECIPE.map(changedMs).join(' ');
  const isSameRecipe = readOr(STAMP, '') === recipe;
  const changed = sources
    .map((file) => ({ file, ms: changedMs(file) }))
    .filter(({ file, ms }) => !isSameRecipe || changedMs(builtOf(file)) !== ms);
  if (changed.length > 0) await buildFiles(changed);
  if (!isSameRecipe) replaceFile(STAMP, recipe);
}

/** @param files With the time of each. */
async function buildFiles(files: readonly { file: string; ms: number }[]): Promise<void> {
  const msOf = new Map(files.map(({ file, ms }) => [resolve(builtOf(file)), ms]));
  const { outputFiles } = await build({
    absWorkingDir: process.cwd(),
    entryPoints: files.map(({ file }) => file),
    write: false,
    outdir: BUILT,
    outbase: '.',
    // Each import is one of a file, which is built by itself.
    bundle: true,
    packages: 'external',
    plugins: [KEEP_PLACES],
    banner: { js: PLACES },
    define: { 'import.meta.url': 'ofSource.url', 'import.meta.dirname': 'ofSource.dirname' },
    treeShaking: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
  });
  for (const { path, contents } of outputFiles) replaceFile(path, contents, msOf.get(path));
}

/** Complete or not at all: another run may import it now, and this one be killed. */
function replaceFile(path: string, contents: string | Uint8Array, ms?: number): void {
  const unfinished = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(unfinished, contents);
  if (ms !== undefined) utimesSync(unfinished, ms / 1_000, ms / 1_000);
  renameSync(unfinished, path);
}

/** The tests of a file that is gone are gone, and so are imports of it. */
function removeAllBut(built: ReadonlySet<string>): void {
  for (const file of filesIn(BUILT, '.js')) {
    if (!built.has(file)) rmSync(file);
  }
}

const URL_OF_SOURCE = `import.meta.url.replace('/${BUILT}/', '/').replace(/js$/, 'ts')`;
const PLACES = `const ofSource = { url: ${URL_OF_SOURCE}, dirname: import.meta.dirname.replace('/${BUILT}/', '/') };
const urlOfBuilt = import.meta.url;`;

/** Programs that a module starts lie beside it, built; what it reads lies beside its source. */
const KEEP_PLACES: Plugin = {
  name: 'modules know their places',
  setup: (building) => {
    building.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, kind }) => {
      if (kind === 'entry-point') return undefined;
      if (path.endsWith('.ts')) return { path: path.replace(/ts$/, 'js'), external: true };
      const from = join(BUILT, relative(process.cwd(), resolveDir));
      return { path: relative(from, join(resolveDir, path)), external: true };
    });
    building.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(
        'entryPoint(import.meta.url',
        'entryPoint(urlOfBuilt',
      ),
      resolveDir: dirname(path),
      loader: 'ts',
    }));
  },
};

function filesIn(folder: string, ending: string): readonly string[] {
  return listFiles('.', folder).filter((path) => path.endsWith(ending));
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}

/** A time that was set is not exact to the nanosecond. */
function changedMs(path: string): number {
  return Math.round(statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -1);
}
