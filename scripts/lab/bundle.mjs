/**
 * Bundles the lab's test files, so that the guest loads one file for each: its
 * kernel is slow at opening hundreds of them through tsx.
 *
 * Usage: bundle.mjs FOLDER [test name…]     leaves FOLDER/NAME.test.js
 */
import { readdirSync } from 'node:fs';
import { build } from 'esbuild';

const [folder, ...names] = process.argv.slice(2);
const files = readdirSync('test/lab').filter((file) => file.endsWith('.test.ts'));
const unknown = names.filter((name) => !files.includes(`${name}.test.ts`));
if (unknown.length > 0) {
  process.stderr.write(`lab: no test/lab/${unknown[0]}.test.ts\n`);
  process.exit(2);
}
await build({
  entryPoints: files
    .filter((file) => names.length === 0 || names.includes(file.replace('.test.ts', '')))
    .map((file) => `test/lab/${file}`),
  outdir: folder,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
});
