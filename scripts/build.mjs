/**
 * Builds dist/ by esbuild: each program, and the guests' and the operator's page.
 * Types are checked by `npm run types`.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import sharp from 'sharp';
import { BUNDLING } from './bundling.mjs';

const PROGRAMS = [
  'daemon/main',
  'daemon/power/cut-power',
  'daemon/update/launch',
  'hal/network/helper/main',
  'pipelines/source/slates',
  'pipelines/capture/encode-slates',
  ...[
    'capture',
    'edge',
    'media',
    'recording',
    'clips',
    'variants',
    'probe',
    'scan',
    'look',
    'source',
    'uplink',
    'rtmp',
    'whep',
    'whip',
    'srt',
    'backfill',
  ].map((name) => `pipelines/${name}/main`),
];

rmSync('dist', { recursive: true, force: true });
await Promise.all(PROGRAMS.map(buildProgram));
await buildPage('pipelines/player', { player: 'page.ts', watch: 'watch/watch.ts' }, [
  'index.html',
  'player.css',
  'watch/watch.html',
]);
await buildIcons('pipelines/player');
await buildPage('daemon/printing/page', { verify: 'main.ts' }, ['index.html']);
await buildPage('daemon/report/page', { report: 'main.ts' }, ['index.html']);
await bundlePage('daemon/report/page', { report: 'report.css' });
await buildPage('daemon/web/page', { operator: 'main.ts' }, ['index.html']);
await bundlePage('daemon/web/page', { operator: 'operator.css' });

const hls = createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js');
compress('dist/pipelines/player', 'player.js', 'player.css', 'watch.js');
compress('dist/daemon/web/page', 'operator.js', 'operator.css');
writeCompressed(hls, 'dist/pipelines/player/hls.js');

// The help texts of the settings on the operator's page.
mkdirSync('dist/daemon/config', { recursive: true });
copyFileSync('systemd/venuebox.example.yaml', 'dist/daemon/config/example.yaml');

/**
 * What it imports when it is needed is a file of its own beside it.
 *
 * @param path without its ending.
 */
async function buildProgram(path) {
  await build({
    ...BUNDLING,
    entryPoints: [`${path}.ts`],
    outdir: `dist/${dirname(path)}`,
    splitting: true,
    chunkNames: `${basename(path)}-[hash]`,
    plugins: [keepPlaces(path)],
    sourcemap: 'linked',
    sourcesContent: false,
  });
}

/** Modules find files and children by where they would lie in dist/ without a bundle. */
function keepPlaces(program) {
  const setup = (building) =>
    building.onLoad({ filter: /\/(daemon|hal|pipelines)\/[^.]*\.ts$/ }, ({ path }) => {
      if (path.includes('/node_modules/')) return undefined;
      const from = relative(dirname(program), relative(process.cwd(), path));
      const place = JSON.stringify(`./${from.replace(/\.ts$/, '.js')}`);
      const url = `new URL(${place}, import.meta.url).href`;
      return {
        contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', url),
        loader: 'ts',
      };
    });
  return { name: 'modules know their places', setup };
}

/** What a phone shows on its home screen. */
async function buildIcons(folder) {
  for (const px of [180, 512]) {
    const icon = sharp(`${folder}/favicon.svg`, { density: 36 * (px / 16) * 2 }).resize(px);
    await icon.flatten({ background: '#3b2a63' }).png().toFile(`dist/${folder}/icon-${px}.png`);
  }
}

/** A box that starts, or starts again, would take a fifth of its start for it. */
function compress(folder, ...names) {
  for (const name of names) writeCompressed(`${folder}/${name}`, `${folder}/${name}`);
}

function writeCompressed(file, as) {
  writeFileSync(`${as}.gz`, gzipSync(readFileSync(file), { level: 9 }));
}

async function buildPage(folder, scripts, files) {
  await bundlePage(folder, scripts);
  for (const name of files) copyFileSync(`${folder}/${name}`, `dist/${folder}/${basename(name)}`);
  copyFileSync('pipelines/player/favicon.svg', `dist/${folder}/favicon.svg`);
}

/** Entries by the name that each has in dist/, without its ending. */
async function bundlePage(folder, entries) {
  mkdirSync(`dist/${folder}`, { recursive: true });
  await build({
    entryPoints: Object.entries(entries).map(([out, file]) => ({ out, in: `${folder}/${file}` })),
    outdir: `dist/${folder}`,
    bundle: true,
    minify: true,
    // Safari 15.4: what iPhones have that get no later iOS (6s, 7, SE); Chrome 100: phones of Android
    // that are no longer updated. See old-browsers.test.ts.
    target: ['chrome100', 'firefox115', 'safari15.4'],
    logLevel: 'warning',
  });
}
