/** Measures memory over a long drop. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Box, startDetailedBox } from '../../test/support/box.ts';
import { measureLatency, openChromium, waitInPage } from '../../test/support/chromium.ts';
import { checkSeries, type SeenPlaylist } from '../../test/support/rules.ts';
import { type Figure, residentMb, round } from './machine.ts';
import { KEEPS_ALL, mark } from './mark.ts';
import { medianMb, renderPlot, type Series, slopeMbPerHour } from './memory-series.ts';
import { processesOf } from './processes.ts';

const EVERY_MS = 5_000;
const SAMPLES_PER_MINUTE = 60_000 / EVERY_MS;
/** Buffers fill, the JIT settles, and V8 takes some seven minutes to size its heap. */
const SETTLE_MINUTES = 10;
/** Half of what a phone at a party gets through: sixty clips in the hour. */
const MARK_EVERY_MS = 60_000;
/** Such a slope is what a day of it would not be noticed by. */
const FLAT_MB_PER_HOUR = 5;

/**
 * Memory of each process over a long run with all that a box does: a viewer, two
 * recordings, posters, previews, a clip a minute. A line a minute, a plot, the
 * slope, and whether the origin's rules hold at the end.
 */
export async function benchSoak(minutes: number): Promise<readonly Figure[]> {
  await using box = await startDetailedBox(
    [...KEEPS_ALL, 'clips.poster_every_s=30'],
    ['demo'],
    [],
    ['dist/daemon/main.js'],
  );
  await box.ready();
  const over = new AbortController();
  const background = [watchAsViewer(box.url, over.signal), markOften(box, over.signal)] as const;
  const series = await sampleMemory(box, minutes);
  over.abort();
  const [stalls, clips] = await Promise.all(background);
  mkdirSync('bench-results', { recursive: true });
  writeFileSync('bench-results/soak.svg', renderPlot(series));
  const breaches = checkSeries(await look(box.url));
  return [
    ...[...series].map(([name, values]) => describe(name, values, minutes)),
    { name: 'clips made, and not made', value: `${clips.made}, ${clips.failed}`, goal: 'none not' },
    { name: 'stalls of the viewer', value: String(stalls), goal: '0' },
    {
      name: `rules broken after ${minutes} min`,
      value: breaches.join('; ') || 'none',
      goal: 'none',
    },
  ];
}

/** A process that is started again counts on under its name: its restart is in the journal. */
async function sampleMemory(box: Box, minutes: number): Promise<ReadonlyMap<string, Series>> {
  const series = new Map<string, (number | undefined)[]>();
  const startedMs = performance.now();
  for (let i = 0; i < minutes * SAMPLES_PER_MINUTE; i += 1) {
    await sleep(Math.max(0, startedMs + (i + 1) * EVERY_MS - performance.now()));
    for (const [name, pid] of processesOf(box)) {
      const values = series.get(name) ?? [];
      series.set(name, values);
      while (values.length < i) values.push(undefined);
      values.push(residentOf(pid));
    }
    if ((i + 1) % SAMPLES_PER_MINUTE === 0) printMinute((i + 1) / SAMPLES_PER_MINUTE, series);
  }
  return series;
}

function residentOf(pid: number): number | undefined {
  try {
    return residentMb(pid);
  } catch {
    return undefined;
  }
}

function printMinute(minute: number, series: ReadonlyMap<string, Series>): void {
  const cells = [...series].map(([name, values]) => {
    const mb = medianMb(values.slice(-SAMPLES_PER_MINUTE));
    return `${name} ${mb === undefined ? '-' : round(mb).toFixed(1)}`;
  });
  console.log(`minute ${String(minute).padStart(3)}, MB: ${cells.join('  ')}`);
}

function describe(name: string, values: Series, minutes: number): Figure {
  const fromMinute = Math.min(SETTLE_MINUTES, Math.floor(minutes / 3));
  const from = fromMinute * SAMPLES_PER_MINUTE;
  const early = medianMb(values.slice(from, from + SAMPLES_PER_MINUTE)) ?? Number.NaN;
  const late = medianMb(values.slice(-SAMPLES_PER_MINUTE)) ?? Number.NaN;
  const slope = slopeMbPerHour(values, from, 60 * SAMPLES_PER_MINUTE) ?? Number.NaN;
  return {
    name: `${name}: memory, minute ${fromMinute} to ${minutes}`,
    value: `${round(early)} -> ${round(late)} MB, slope ${round(slope)} MB/h`,
    goal: `flat (<= ${FLAT_MB_PER_HOUR} MB/h)`,
  };
}

/** Our player in a browser, until `signal` aborts; reports its stalls. */
async function watchAsViewer(url: string, signal: AbortSignal): Promise<number> {
  await using browser = await openChromium();
  const page = await browser.open(`${url}/`);
  await waitInPage(page, 'document.querySelector("video").currentTime > 0');
  let stalls = 0;
  while (!signal.aborted) stalls += (await measureLatency(page, EVERY_MS, 1_000)).stalls;
  return stalls;
}

async function markOften(box: Box, signal: AbortSignal) {
  const clips = { made: 0, failed: 0 };
  while (!signal.aborted) {
    await sleep(MARK_EVERY_MS / 2, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    await mark(box).then(
      () => {
        clips.made += 1;
      },
      (error: unknown) => {
        clips.failed += 1;
        console.log(`no clip: ${String(error)}`);
      },
    );
    await sleep(MARK_EVERY_MS / 2, undefined, { signal }).catch(() => undefined);
  }
  return clips;
}

async function look(url: string): Promise<readonly SeenPlaylist[]> {
  const seen: SeenPlaylist[] = [];
  for (let i = 0; i < 60; i += 1) {
    for (const renditionId of ['mid', 'low', 'audio']) {
      const text = await (await fetch(`${url}/live/${renditionId}/index.m3u8`)).text();
      seen.push({ renditionId, text, atMs: Date.now() });
    }
    await sleep(150);
  }
  return seen;
}
