/** Plays MP4 files in Chromium. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { openChromium } from '../chromium.ts';
import { freePort } from '../free-port.ts';

export interface Played {
  readonly path: string;
  readonly durationS: number;
  readonly widthPx: number;
  /** Empty where it played to its end. */
  readonly error: string;
}

/** Plays the start and the end of each movie in Chromium, as a file with ranges. */
export async function playInChromium(paths: readonly string[]): Promise<readonly Played[]> {
  const port = await freePort();
  const server = createServer(async (request, response) => {
    const path = paths[Number(request.url?.slice(1, -4))];
    if (path === undefined) {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<video muted></video>');
      return;
    }
    const bytes = await readFile(path);
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const from = Number(range?.[1] ?? 0);
    const to = range?.[2] ? Number(range[2]) : bytes.length - 1;
    response.writeHead(range === null ? 200 : 206, {
      'content-type': 'video/mp4',
      'accept-ranges': 'bytes',
      'content-range': `bytes ${from}-${to}/${bytes.length}`,
    });
    response.end(bytes.subarray(from, to + 1));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  try {
    await using browser = await openChromium();
    const page = await browser.open(`http://127.0.0.1:${port}/page`);
    await page.waitForSelector('video');
    const played: Played[] = [];
    for (const [i, path] of paths.entries()) {
      const seen = await page.evaluate(`(${PLAY})('/${i}.mp4')`);
      played.push({ path, ...(seen as Omit<Played, 'path'>) });
    }
    return played;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** In the page: its text, since tsx would wrap its functions in helpers that the page lacks. */
const PLAY = `async (url) => {
  const video = document.querySelector('video');
  const got = (name) => new Promise((resolve, reject) => {
    video.addEventListener(name, resolve, { once: true });
    video.addEventListener('error', () => reject(new Error(video.error.message)), { once: true });
    setTimeout(() => reject(new Error(name + ' does not come at ' + video.currentTime)), 20000);
  });
  const reported = () => ({ durationS: video.duration, widthPx: video.videoWidth });
  try {
    const ready = got('canplay');
    video.src = url;
    await ready;
    const moves = got('timeupdate');
    await video.play();
    await moves;
    const ended = got('ended');
    video.currentTime = Math.max(0, video.duration - 0.4);
    await ended;
    return { ...reported(), error: '' };
  } catch (error) {
    return { ...reported(), error: String(error) };
  }
}`;
