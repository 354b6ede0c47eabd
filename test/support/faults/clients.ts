/** Guests with the players that people have, who stay while a box has faults. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Page } from 'playwright-core';
import { until } from '../box.ts';
import { openChromium, waitInPage } from '../chromium.ts';

/** A guest who has been watching. */
export interface Client {
  readonly name: string;
  /** How much it has played, in s; it never falls while the guest stays. */
  playedS(): Promise<number>;
  /** Why it left, or undefined. */
  left(): Promise<string | undefined>;
}

export interface Clients extends AsyncDisposable {
  readonly all: readonly Client[];
  /** A guest who comes now: latency in ms as the page shows it. */
  latencyOfNewPage(): Promise<number>;
}

const LONG_MS = 90_000;

/** Our player and hls.js in Chromium, ffmpeg, and mpv. */
export async function openClients(url: string): Promise<Clients> {
  const browser = await openChromium();
  const stream = `${url}/live/index.m3u8?profile=laptop`;
  const ffmpeg = openProgram('ffmpeg', /^out_time_us=(\d+)/, 1e6, [
    ...['-v', 'repeat+error', '-nostdin', '-progress', 'pipe:1', '-i', stream],
    ...['-map', '0:v:0', '-map', '0:a:0', '-f', 'null', '-'],
  ]);
  const mpv = openProgram('mpv', /POS=([\d.]+)/, 1, [
    ...['--no-config', '--vo=null', '--ao=null', `--term-status-msg=POS=$${'{=time-pos}'}\\n`],
    ...['--msg-level=all=error,statusline=status', stream],
  ]);
  const close = async () => {
    for (const program of [ffmpeg, mpv]) program.child.kill('SIGKILL');
    await browser[Symbol.asyncDispose]();
  };
  const all: Client[] = [ffmpeg, mpv];
  try {
    all.push(await openPage(browser.open, url, 'our player', ''));
    all.push(await openPage(browser.open, url, 'hls.js', '?player=hls'));
    for (const { name, playedS, left } of all) {
      const plays = async () => (await playedS()) > 0.5;
      await until(plays, LONG_MS).catch(async (error) => {
        throw new Error((await left()) ?? `${name} does not play`, { cause: error });
      });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    all,
    latencyOfNewPage: async () => {
      const page = await browser.open(url);
      let latencyMs: number | undefined;
      await until(async () => {
        latencyMs = (await page.evaluate('window.venuebox().latencyMs')) as number | undefined;
        return latencyMs !== undefined;
      }, LONG_MS);
      await page.close();
      return latencyMs ?? Number.NaN;
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Counts what its video plays, also over a change of the media's own times. */
const COUNT = `(() => {
  const video = document.querySelector('video');
  let last = video.currentTime;
  window.playedS = 0;
  setInterval(() => {
    const by = video.currentTime - last;
    last = video.currentTime;
    if (by > 0 && by < 2) window.playedS += by;
  }, 100);
})()`;

async function openPage(
  open: (url: string) => Promise<Page>,
  url: string,
  name: string,
  query: string,
): Promise<Client> {
  const page = await open(`${url}/${query}`);
  await waitInPage(page, 'document.querySelector("video") !== null');
  await page.evaluate(COUNT);
  return {
    name,
    playedS: async () => (await page.evaluate('window.playedS ?? -1')) as number,
    left: async () => {
      const played = await page.evaluate('window.playedS');
      return played === undefined ? 'the page was loaded again' : undefined;
    },
  };
}

/** @param position Matches what it prints of its position, `perS` of them in a second. */
function openProgram(
  name: string,
  position: RegExp,
  perS: number,
  args: readonly string[],
): Client & { readonly child: ChildProcess } {
  const child = spawn(name, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [words, played, last] = ['', 0, Number.NaN];
  const take = (line: string) => {
    const value = position.exec(line)?.[1];
    if (value === undefined) words = `${words}\n${line}`.slice(-2_000);
    const by = Number(value) / perS - last;
    if (value !== undefined) last = Number(value) / perS;
    if (by > 0 && by < 60) played += by;
  };
  // mpv prints its position beside its errors.
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', take);
  return {
    name,
    child,
    playedS: async () => played,
    left: async () => {
      if (child.exitCode === null && child.signalCode === null) return undefined;
      return `it ended with ${child.exitCode ?? child.signalCode}: ${words}`;
    },
  };
}
