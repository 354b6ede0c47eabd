/**
 * Builds the module for Bitfocus Companion: dist/companion/pkg, and the .tgz of it that
 * Companion's page "Modules" imports. `npm run companion`.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const OUT = 'dist/companion';
const { version } = readJson('package.json');
const { version: apiVersion } = readJson('node_modules/@companion-module/base/package.json');

rmSync(OUT, { recursive: true, force: true });
mkdirSync(`${OUT}/pkg/companion`, { recursive: true });
await build({
  entryPoints: ['scripts/companion/main.ts'],
  outfile: `${OUT}/pkg/main.js`,
  ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'warning' },
});
const manifest = readJson('scripts/companion/manifest.json');
manifest.version = version;
manifest.runtime.apiVersion = apiVersion;
writeJson(`${OUT}/pkg/companion/manifest.json`, manifest);
copyFileSync('scripts/companion/HELP.md', `${OUT}/pkg/companion/HELP.md`);
const name = 'companion-module-venuebox';
writeJson(`${OUT}/pkg/package.json`, { name, version, license: 'MIT', main: 'main.js' });
execFileSync('tar', ['-C', OUT, '-czf', `${OUT}/${name}-${version}.tgz`, 'pkg']);
console.log(`${OUT}/${name}-${version}.tgz`);

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function writeJson(path, value) {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}
