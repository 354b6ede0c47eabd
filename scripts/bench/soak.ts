import { mkdirSync, writeFileSync } from 'node:fs';
import { startBox } from '../../test/support/box.ts';
import { checkSeries, type SeenPlaylist } from '../../test/support/rules.ts';
import { type Figure, residentMb, round } from './machine.ts';

const EVERY_MS = 5_000;
/** Buffers fill, the JIT settles, and V8 takes some seven minutes to size its heap. */
const SETTLE_MINUTES = 10;

/** Memory of each process over a long run with a viewer, as a plot; and the rules at its end. */
export async function benchSoak(minutes: number): Promise<readonly Figure[]> {
  await using box = await startBox();
  await box.ready();
  const pids = {
    daemon: box.pid,
    media: box.childPid('media') ?? 0,
    capture: box.childPid('capture') ?? 0,
  };
  const series = new Map(Object.keys(pids).map((name) => [name, [] as number[]]));
  const startedMs = performance.now();
  while (performance.now() - startedMs < minutes * 60_000) {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    await fetch(`${box.url}/live/mid/index.m3u8`).then((response) => response.text());
    for (const [name, pid] of Object.entries(pids)) series.get(name)?.push(residentMb(pid));
  }
  mkdirSync('bench-results', { recursive: true });
  writeFileSync('bench-results/soak.svg', renderPlot(series));
  const breaches = checkSeries(await look(box.url));
  const settled = Math.min(
    (SETTLE_MINUTES * 60_000) / EVERY_MS,
    Math.floor((minutes * 60_000) / EVERY_MS / 3),
  );
  return [
    ...[...series].map(([name, values]) => {
      const early = values[settled] ?? 0;
      const late = values.at(-1) ?? 0;
      const value = `${round(early)} -> ${round(late)} MB (${round(late - early)})`;
      return { name: `${name}: memory, settled to end of ${minutes} min`, value, goal: 'flat' };
    }),
    {
      name: `rules broken after ${minutes} min`,
      value: breaches.join('; ') || 'none',
      goal: 'none',
    },
  ];
}

async function look(url: string): Promise<readonly SeenPlaylist[]> {
  const seen: SeenPlaylist[] = [];
  for (let i = 0; i < 60; i += 1) {
    for (const renditionId of ['mid', 'low', 'audio']) {
      const text = await (await fetch(`${url}/live/${renditionId}/index.m3u8`)).text();
      seen.push({ renditionId, text, atMs: Date.now() });
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return seen;
}

function renderPlot(series: ReadonlyMap<string, readonly number[]>): string {
  const [width, height] = [800, 400];
  const top = Math.max(...[...series.values()].flat()) * 1.1;
  const colours = ['#0a7', '#07c', '#c50'];
  const lines = [...series].map(([name, values], i) => {
    const points = values.map(
      (mb, x) =>
        `${((x * width) / values.length).toFixed(1)},${(height - (mb * height) / top).toFixed(1)}`,
    );
    const colour = colours[i % colours.length];
    return `<polyline fill="none" stroke="${colour}" points="${points.join(' ')}"/><text x="8" y="${20 + i * 18}" fill="${colour}">${name} (0-${Math.round(top)} MB)</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="14"><rect width="100%" height="100%" fill="#fff"/>${lines.join('')}</svg>\n`;
}
