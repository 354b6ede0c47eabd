/**
 * Bundles the lab's test files, so that the guest loads one file for each.
 *
 * Usage: bundle.mjs FOLDER [test name…]     leaves FOLDER/NAME.test.js
 */
import { readdirSync } from 'node:fs';
import { build } from 'esbuild';
import { BUNDLING } from '../bundling.mjs';

const [folder, ...names] = process.argv.slice(2);
const files = readdirSync('test/lab', { recursive: true }).filter((file) =>
  file.endsWith('.test.ts'),
);
const unknown = names.filter((name) => !files.includes(`${name}.test.ts`));
if (unknown.length > 0) {
  process.stderr.write(`lab: no test/lab/${unknown[0]}.test.ts\n`);
  process.exit(2);
}
// What is slow runs when it is named.
const byDefault = files.filter((file) => !file.startsWith('slow/'));
const chosen = names.length === 0 ? byDefault : names.map((name) => `${name}.test.ts`);
// Programs that a test starts and kills.
const programs = ['printing-box'];
await build({
  ...BUNDLING,
  entryPoints: [
    ...chosen.map((file) => ({
      in: `test/lab/${file}`,
      out: file.replace(/^slow\/|\.ts$/g, ''),
    })),
    ...programs.map((name) => ({ in: `test/lab/support/${name}.ts`, out: name })),
  ],
  outdir: folder,
  sourcemap: 'inline',
  sourcesContent: false,
});
