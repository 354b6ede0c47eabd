/**
 * Builds test files and all that they import, each file as one of JavaScript in `.tests/`: a loader
 * that compiles them as they are imported costs each process of a test more than the test.
 */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { BUILT, builtOf } from './built.ts';

const FOLDERS = ['daemon', 'hal', 'pipelines', 'scripts', 'test'];

/** What says how they are built: all are built anew once it has changed. */
const RECIPE = ['scripts/tests/build.ts', 'package-lock.json', 'tsconfig.json'];

/** Builds what has changed since the last time, in the working directory. */
export async function buildTests(): Promise<void> {
  const sources = FOLDERS.flatMap((folder) => filesIn(folder, '.ts'));
  removeAllBut(new Set(sources.map(builtOf)));
  const recipeMs = Math.max(...RECIPE.map(changedMs));
  const entryPoints = sources.filter(
    (file) => changedMs(builtOf(file)) <= Math.max(changedMs(file), recipeMs),
  );
  if (entryPoints.length === 0) return;
  await build({
    absWorkingDir: process.cwd(),
    entryPoints,
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
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith(ending))
      .map((path) => `${folder}/${path}`);
  } catch {
    return [];
  }
}

function changedMs(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}
