/**
 * Lays down what is installed below /opt/venuebox, with each program of dist/ as one
 * bundle: see bundling.mjs. Modules find their files and children by where they
 * would lie without the bundle.
 *
 * Usage: bundle-box.mjs FOLDER [PROGRAM…]     dist/ must be built; further programs
 * lie in FOLDER itself
 */
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING } from './bundling.mjs';

const PREFIX = '/opt/venuebox';
const [folder, ...further] = process.argv.slice(2);
const inPlace = {
  name: 'modules know where they would lie',
  setup: (building) =>
    building.onLoad({ filter: /\/dist\/(daemon|hal|pipelines)\/.*\.js$/ }, ({ path }) => {
      const url = JSON.stringify(`file://${PREFIX}/${relative(process.cwd(), path)}`);
      return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', url) };
    }),
};

mkdirSync(folder, { recursive: true });
for (const name of ['dist', 'package.json', 'README.md']) {
  cpSync(name, join(folder, name), { recursive: true });
}
const programs = readdirSync('dist', { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('/main.js') && !path.includes('/page/'),
);
await build({
  ...BUNDLING,
  entryPoints: programs.map((path) => `dist/${path}`),
  outbase: 'dist',
  outdir: join(folder, 'dist'),
  plugins: [inPlace],
});
if (further.length > 0) await build({ ...BUNDLING, entryPoints: further, outdir: folder });
