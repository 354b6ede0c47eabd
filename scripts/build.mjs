/** Builds dist/: the daemon by tsc, the guests' page by esbuild. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { build } from 'esbuild';

const player = 'dist/pipelines/player';
execFileSync('npx', ['tsc', '-p', '.tsconfig.build.json'], { stdio: 'inherit' });
mkdirSync(player, { recursive: true });
await build({
  entryPoints: ['pipelines/player/page.ts'],
  outfile: `${player}/player.js`,
  bundle: true,
  minify: true,
  target: ['chrome105', 'firefox115', 'safari16'],
  logLevel: 'warning',
});
for (const name of ['index.html', 'player.css', 'favicon.svg']) {
  copyFileSync(`pipelines/player/${name}`, `${player}/${name}`);
}
