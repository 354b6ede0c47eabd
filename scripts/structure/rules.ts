/** The rules of dependency-cruiser that hold the code to the table of imports. */
import type { IConfiguration } from 'dependency-cruiser';
import { PACKAGES, ROOMS, ROOTS } from './rooms.ts';

type Rule = NonNullable<IConfiguration['forbidden']>[number];

const LAYERS = ['hal', 'pipelines', 'daemon'];
const names = Object.keys(ROOMS);

/** Files of a room itself: those of rooms inside it have rows of their own. */
function pathsOf(room: string) {
  const exact = escapeRegExp(room);
  if (room.endsWith('.ts')) return { path: `^${exact}$` };
  const inner = names.filter((other) => other.startsWith(`${room}/`)).map(escapeRegExp);
  return inner.length === 0
    ? { path: `^${exact}/` }
    : { path: `^${exact}/`, pathNot: inner.map((one) => `^${one}/`) };
}

/** As one expression, for what may be imported. */
function expressionOf(room: string): string {
  const exact = escapeRegExp(room);
  if (room.endsWith('.ts')) return `^${exact}$`;
  return `^${exact}/[^/]+$`;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function layerOf(room: string): number {
  return LAYERS.findIndex((layer) => room.startsWith(`${layer}/`));
}

function roomRule([room, { may }]: [string, (typeof ROOMS)[string]]): Rule {
  const below = LAYERS.slice(0, layerOf(room)).map((layer) => `^${layer}/`);
  return {
    name: `imports of ${room}`,
    comment: `it may import: ${may.join(', ') || 'no folder of its layer'} (scripts/structure/rooms.ts)`,
    severity: 'error',
    from: pathsOf(room),
    to: {
      path: LAYERS.map((layer) => `^${layer}/`),
      pathNot: [room, ...may].map(expressionOf).concat(below),
    },
  };
}

function packageRule([name, files]: [string, readonly string[]]): Rule {
  const path = name.startsWith('node:')
    ? `^${escapeRegExp(name.slice(5))}$`
    : `(^|/)node_modules/${escapeRegExp(name)}/`;
  return {
    name: `imports of the package ${name}`,
    comment: `it is imported in ${files.join(', ')} alone (scripts/structure/rooms.ts)`,
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
  ...Object.entries(ROOMS).map(roomRule),
  ...Object.entries(PACKAGES).map(packageRule),
  {
    name: 'a package without a row',
    comment: 'say in scripts/structure/rooms.ts where it may be imported',
    severity: 'error',
    from: { path: '^(daemon|pipelines|hal)/' },
    to: {
      path: '(^|/)node_modules/',
      pathNot: listed.map((name) => `(^|/)node_modules/${escapeRegExp(name)}/`),
    },
  },
  {
    name: 'a file without a row',
    comment: 'a new folder needs a row in scripts/structure/rooms.ts',
    severity: 'error',
    from: {
      path: '^(daemon|pipelines|hal)/',
      pathNot: [...names.map(expressionOf), ...ROOTS.map((file) => `^${escapeRegExp(file)}$`)],
    },
    to: {},
  },
  {
    name: 'nobody imports the composition root',
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
