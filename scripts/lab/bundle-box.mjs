/**
 * Lays down what is installed below /opt/venuebox, and further programs beside it as
 * one bundle each.
 *
 * Usage: bundle-box.mjs FOLDER [PROGRAM…]     dist/ must be built
 */
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING } from '../bundling.mjs';

const [folder, ...further] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
for (const name of ['dist', 'package.json', 'README.md']) {
  cpSync(name, join(folder, name), { recursive: true });
}
if (further.length > 0) await build({ ...BUNDLING, entryPoints: further, outdir: folder });
