/** The rules of dependency-cruiser that hold the code to the table of imports. */
import type { IConfiguration } from 'dependency-cruiser';
import { FOLDERS, ROOTS } from './folders.ts';
import { PACKAGES } from './packages.ts';

type Rule = NonNullable<IConfiguration['forbidden']>[number];

const LAYERS = ['hal', 'pipelines', 'daemon'];
const names = Object.keys(FOLDERS);

/** Files of a folder itself: those of folders inside it have rows of their own. */
function pathsOf(folder: string) {
  const exact = escapeRegExp(folder);
  if (folder.endsWith('.ts')) return { path: `^${exact}$` };
  const inner = names.filter((other) => other.startsWith(`${folder}/`)).map(escapeRegExp);
  return inner.length === 0
    ? { path: `^${exact}/` }
    : { path: `^${exact}/`, pathNot: inner.map((one) => `^${one}(/|$)`) };
}

/** As one expression, for what may be imported. */
function expressionOf(folder: string): string {
  const exact = escapeRegExp(folder);
  if (folder.endsWith('.ts')) return `^${exact}$`;
  const own = names
    .filter((other) => other.startsWith(`${folder}/`) && other.endsWith('.ts'))
    .map((other) => `(?!${escapeRegExp(other.slice(folder.length + 1))}$)`);
  return `^${exact}/${own.join('')}[^/]+$`;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function layerOf(folder: string): number {
  return LAYERS.findIndex((layer) => folder.startsWith(`${layer}/`));
}

function folderRule([folder, { may }]: [string, (typeof FOLDERS)[string]]): Rule {
  const below = LAYERS.slice(0, layerOf(folder)).map((layer) => `^${layer}/`);
  return {
    name: `imports of ${folder}`,
    comment: `it may import: ${may.join(', ') || 'no folder of its layer'} (scripts/structure/folders.ts)`,
    severity: 'error',
    from: pathsOf(folder),
    to: {
      path: LAYERS.map((layer) => `^${layer}/`),
      pathNot: [folder, ...may].map(expressionOf).concat(below),
    },
  };
}

function packageRule([name, files]: [string, readonly string[]]): Rule {
  const path = name.startsWith('node:')
    ? `^${escapeRegExp(name.slice(5))}$`
    : `(^|/)node_modules/${escapeRegExp(name)}/`;
  return {
    name: `imports of the package ${name}`,
    comment: `it is imported in ${files.join(', ')} alone (scripts/structure/packages.ts)`,
    severity: 'error',
    from: {
      path: '^(daemon|pipelines|hal)/',
      pathNot: files.map((file) => `^${escapeRegExp(file)}`),
    },
    to: { path },
  };
}

const listed = Object.keys(PACKAGES).filter((name) => !name.startsWith('node:'));

const rules: Rule[] = [
  ...Object.entries(FOLDERS).map(folderRule),
  ...Object.entries(PACKAGES).map(packageRule),
  {
    name: 'a package without a row',
    comment: 'list in scripts/structure/packages.ts where it may be imported',
    severity: 'error',
    from: { path: '^(daemon|pipelines|hal)/' },
    to: {
      path: '(^|/)node_modules/',
      pathNot: listed.map((name) => `(^|/)node_modules/${escapeRegExp(name)}/`),
    },
  },
  {
    name: 'a file without a row',
    comment: 'a new folder needs a row in scripts/structure/folders.ts',
    severity: 'error',
    from: {
      path: '^(daemon|pipelines|hal)/',
      pathNot: [...names.map(expressionOf), ...ROOTS.map((file) => `^${escapeRegExp(file)}$`)],
    },
    to: {},
  },
  {
    name: 'an import of the composition root',
    severity: 'error',
    from: { pathNot: [...ROOTS.map((file) => `^${escapeRegExp(file)}$`), '^(test|scripts)/'] },
    to: { path: ROOTS.map((file) => `^${escapeRegExp(file)}$`) },
  },
  {
    name: 'an import that is not found',
    severity: 'error',
    from: { path: '^(daemon|pipelines|hal)/' },
    to: { couldNotResolve: true },
  },
  { name: 'a cycle of files', severity: 'error', from: {}, to: { circular: true } },
  {
    name: 'a cycle of folders',
    severity: 'error',
    scope: 'folder',
    from: { path: '^(daemon|pipelines|hal)/' },
    to: { circular: true },
  },
];

export const config = {
  forbidden: rules,
  options: {
    // Type imports count as the others do.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json', '.node'],
      conditionNames: ['import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
} satisfies IConfiguration;
