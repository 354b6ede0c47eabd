/** Builds dist/: the daemon by tsc, the guests' and the operator's page by esbuild. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { build } from 'esbuild';

execFileSync('npx', ['tsc', '-p', '.tsconfig.build.json'], { stdio: 'inherit' });
await buildPage('pipelines/player', { player: 'page.ts' }, ['index.html', 'player.css']);
await buildPage('daemon/operator/page', { operator: 'main.ts' }, ['index.html']);
await bundle('daemon/operator/page', { operator: 'operator.css' });

async function buildPage(folder, scripts, files) {
  await bundle(folder, scripts);
  for (const name of files) copyFileSync(`${folder}/${name}`, `dist/${folder}/${name}`);
  copyFileSync('pipelines/player/favicon.svg', `dist/${folder}/favicon.svg`);
}

/** Entries by the name that each has in dist/, without its ending. */
async function bundle(folder, entries) {
  mkdirSync(`dist/${folder}`, { recursive: true });
  await build({
    entryPoints: Object.entries(entries).map(([out, file]) => ({ out, in: `${folder}/${file}` })),
    outdir: `dist/${folder}`,
    bundle: true,
    minify: true,
    target: ['chrome105', 'firefox115', 'safari16'],
    logLevel: 'warning',
  });
}
