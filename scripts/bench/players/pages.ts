/** Pages with the players that people put on websites, as their documentation shows it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ServedFile } from './tap.ts';

const require = createRequire(import.meta.url);

interface PagePlayer {
  readonly name: string;
  /** Its script, from the registry. */
  readonly script: () => string;
  /** Starts it on `video`; `fault` counts its errors. */
  readonly start: string;
}

const HLS_JS = `const hls = new Hls({ lowLatencyMode: true });
  hls.on(Hls.Events.ERROR, (_, { details, type, fatal }) => {
    fault(details + (fatal ? ' (fatal)' : ''));
    if (fatal && type === Hls.ErrorTypes.NETWORK_ERROR) hls.startLoad();
    if (fatal && type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
  });
  hls.loadSource(url);
  hls.attachMedia(video);`;

const shaka = (isLowLatency: boolean) => `shaka.polyfill.installAll();
  const player = new shaka.Player();
  player.addEventListener('error', ({ detail }) => fault('error ' + (detail.code ?? detail)));
  player.configure({ streaming: { lowLatencyMode: ${isLowLatency} } });
  player.attach(video).then(() => player.load(url)).catch(({ code }) => fault('error ' + code));`;

const VIDEO_JS = `const player = videojs(video, { muted: true, autoplay: true });
  player.on('error', () => fault('error ' + player.error()?.code));
  videojs.log.history.filter = () => [];
  player.src({ src: url, type: 'application/vnd.apple.mpegurl' });`;

export const PAGE_PLAYERS: readonly PagePlayer[] = [
  { name: 'hls.js 1.7', script: () => require.resolve('hls.js/dist/hls.min.js'), start: HLS_JS },
  { name: 'hls.js 1.4', script: () => require.resolve('hls-old/dist/hls.min.js'), start: HLS_JS },
  {
    name: 'shaka, low latency',
    script: () => require.resolve('shaka-player/dist/shaka-player.compiled.js'),
    start: shaka(true),
  },
  {
    name: 'shaka',
    script: () => require.resolve('shaka-player/dist/shaka-player.compiled.js'),
    start: shaka(false),
  },
  {
    name: 'video.js',
    script: () => require.resolve('video.js/dist/video.min.js'),
    start: VIDEO_JS,
  },
];

export const pathOf = (name: string): string => `/bench/${encodeURIComponent(name)}`;

/** Pages and scripts, by path. */
export function pageFiles(): ReadonlyMap<string, ServedFile> {
  const files = new Map<string, ServedFile>();
  for (const { name, script, start } of PAGE_PLAYERS) {
    files.set(`${pathOf(name)}.js`, { type: 'text/javascript', body: readFileSync(script()) });
    files.set(pathOf(name), {
      type: 'text/html; charset=utf-8',
      body: `<!doctype html><title>${name}</title>
<video muted autoplay playsinline width="640" height="360"></video>
<script src="${pathOf(name)}.js"></script>
<script>
  const video = document.querySelector('video');
  const url = '/live/index.m3u8?profile=laptop';
  const fault = (text) => { (globalThis.faults ??= []).push(String(text)); };
  addEventListener('error', ({ message }) => fault(message));
  ${start}
</script>`,
    });
  }
  return files;
}
