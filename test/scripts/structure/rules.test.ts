/** The table of imports is what lint enforces: every pair of folders is tried. */
import { dirname, relative } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FOLDERS } from '../../../scripts/structure/folders.ts';
import { findViolations } from '../../../scripts/structure/imports.ts';
import { PACKAGES } from '../../../scripts/structure/packages.ts';
import { config } from '../../../scripts/structure/rules.ts';
import { inTree } from './support/tree.ts';

const test = suite('table of imports');

const LAYERS = ['hal', 'pipelines', 'daemon'];
const folders = Object.entries(FOLDERS);
const layerOf = (folder: string) => LAYERS.indexOf(folder.split('/')[0] ?? '');

/** A file of a folder, or the row's own file. */
const fileIn = (folder: string, name: string) =>
  folder.endsWith('.ts') ? folder : `${folder}/${name}.ts`;

const judge = (files: Readonly<Record<string, string>>, forbidden = config.forbidden) =>
  inTree(files, () => findViolations(forbidden));

function importing(from: string, targets: readonly string[]): string {
  const lines = targets.map((to) => {
    const path = relative(dirname(from), to);
    return `export type * from '${path.startsWith('.') ? path : `./${path}`}';`;
  });
  return `${lines.join('\n')}\nexport type Here = 1;\n`;
}

test('each folder may import what its row lists and the layers below, and nothing else', async () => {
  const files: Record<string, string> = {};
  const expected: string[] = [];
  for (const [folder] of folders) files[fileIn(folder, 'target')] = 'export type Here = 1;\n';
  for (const [folder, { may }] of folders) {
    const from = fileIn(folder, 'asks');
    const others = folders.map(([other]) => other).filter((other) => other !== folder);
    files[from] = importing(
      from,
      others.map((other) => fileIn(other, 'target')),
    );
    for (const other of others) {
      const isBelow = layerOf(other) < layerOf(folder);
      if (!isBelow && !may.includes(other)) expected.push(`${folder} -> ${other}`);
    }
  }
  // Where each imports all others, to list the cycles takes a minute.
  const pairs = config.forbidden.filter(({ name }) => name?.startsWith('imports of '));
  const violations = await judge(files, pairs);
  const folderOf = (path: string) => (path in FOLDERS ? path : dirname(path));
  const found = violations.map(({ from, to }) => `${folderOf(from)} -> ${folderOf(to)}`);
  const missed = expected.filter((one) => !found.includes(one));
  const wrong = found.filter((one) => !expected.includes(one));
  assert.equal({ missed, wrong }, { missed: [], wrong: [] });
  assert.is(found.length, expected.length);
});

test('a package is refused outside its door, and one without a row everywhere', async () => {
  const packages = Object.keys(PACKAGES).filter((name) => !name.startsWith('node:'));
  const files: Record<string, string> = { 'hal/os/any.ts': 'export type Here = 1;\n' };
  for (const name of [...packages, 'left-pad']) {
    files[`node_modules/${name}/package.json`] = JSON.stringify({ name, main: 'index.js' });
    files[`node_modules/${name}/index.js`] = '';
  }
  // Nothing of hal/gst needs a package but schemas.
  const asks = [...packages.filter((name) => name !== 'valibot'), 'left-pad'];
  files['hal/gst/asks.ts'] = [...asks, 'node:child_process']
    .map((name) => `import '${name}';`)
    .join('\n');
  files['pipelines/gdp/a.ts'] = 'export type Here = 1;\n';
  files['daemon/model/a.ts'] = 'export type Here = 1;\n';
  const violations = await judge(files);
  assert.is(new Set(violations.map(({ to }) => to)).size, asks.length + 1);
});

test('an import cycle is refused, of files or of folders; so is a folder without a row', async () => {
  const rule = async (files: Readonly<Record<string, string>>) => {
    const base = { 'hal/os/a.ts': '', 'pipelines/gdp/a.ts': '', 'daemon/model/a.ts': '' };
    return new Set((await judge({ ...base, ...files })).map(({ rule: { name } }) => name));
  };
  const files = await rule({
    'hal/gst/a.ts': "export type { B } from './b.ts';\nexport type A = 1;\n",
    'hal/gst/b.ts': "export type { A } from './a.ts';\nexport type B = 1;\n",
  });
  assert.ok(files.has('a cycle of files'));
  const folders = await rule({
    'hal/gst/a.ts': "export type { B } from '../os/b.ts';\n",
    'hal/gst/c.ts': 'export type C = 1;\n',
    'hal/os/b.ts': 'export type B = 1;\n',
    'hal/os/d.ts': "export type { C } from '../gst/c.ts';\n",
  });
  assert.ok(folders.has('a cycle of folders'));
  const unlisted = await rule({ 'daemon/new/a.ts': "import '../../hal/os/a.ts';\n" });
  assert.ok(unlisted.has('a file without a row'));
});

test.run();
