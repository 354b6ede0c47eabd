/** Builds dist/: the daemon by tsc, the guests' and the operator's page by esbuild. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { build } from 'esbuild';

execFileSync('npx', ['tsc', '-p', '.tsconfig.build.json'], { stdio: 'inherit' });
await buildPage('pipelines/player', 'page.ts', 'player.js', ['index.html', 'player.css']);
await buildPage('daemon/operator/page', 'main.ts', 'operator.js', ['index.html', 'operator.css']);

async function buildPage(folder, entry, script, files) {
  const target = `dist/${folder}`;
  mkdirSync(target, { recursive: true });
  await build({
    entryPoints: [`${folder}/${entry}`],
    outfile: `${target}/${script}`,
    bundle: true,
    minify: true,
    target: ['chrome105', 'firefox115', 'safari16'],
    logLevel: 'warning',
  });
  for (const name of files) copyFileSync(`${folder}/${name}`, `${target}/${name}`);
  copyFileSync('pipelines/player/favicon.svg', `${target}/favicon.svg`);
}
