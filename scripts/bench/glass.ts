/** Measures latency from glass to glass, and the first frame after a page is opened. */
import { quantiles } from '../../pipelines/origin/viewers.ts';
import { startDetailedBox } from '../../test/support/box.ts';
import { measureLatency, openChromium, waitInPage } from '../../test/support/chromium.ts';
import { type Figure, round } from './machine.ts';

const SETTLE_MS = 8_000;
const SLICE_MS = 10_000;
const STARTS = 20;

export interface GlassCase {
  readonly name: string;
  readonly query: string;
  readonly partMs: number;
  readonly goal: string;
}

const CASES: readonly GlassCase[] = [
  {
    name: 'our player, 200 ms parts',
    query: '',
    partMs: 200,
    goal: 'p50 <= 330, no stall',
  },
  { name: 'our player, 100 ms parts', query: '', partMs: 100, goal: 'p50 <= 205, no stall' },
  {
    name: 'hls.js, 200 ms parts',
    query: '?player=hls',
    partMs: 200,
    goal: 'p50 <= 1100, no stall',
  },
];

/** What the page says of its player. */
interface Seen {
  readonly way?: string;
  readonly startupMs?: number;
}

/** Glass to glass in headless Chromium: the clock in the frames, read when each is presented. */
export async function benchGlass(
  seconds: number,
  cases = CASES.length,
): Promise<readonly Figure[]> {
  return await measureGlass(CASES.slice(0, cases), seconds);
}

export async function measureGlass(
  cases: readonly GlassCase[],
  seconds: number,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { name, query, partMs, goal } of cases) {
    await using box = await startDetailedBox([`viewers.part_ms=${partMs}`]);
    await box.ready();
    await using browser = await openChromium();
    const page = await browser.open(`${box.url}/${query}`);
    await waitInPage(page, 'document.querySelector("video").currentTime > 0');
    await page.waitForTimeout(SETTLE_MS);
    const latenciesMs: number[] = [];
    let stalls = 0;
    let freezes = 0;
    for (let ms = 0; ms < seconds * 1000; ms += SLICE_MS) {
      const glass = await measureLatency(page, Math.min(SLICE_MS, seconds * 1000 - ms));
      latenciesMs.push(...glass.latenciesMs);
      stalls += glass.stalls;
      freezes += glass.freezes;
    }
    const { p50, p95, n } = quantiles(latenciesMs) ?? { p50: Number.NaN, p95: Number.NaN, n: 0 };
    const { way, startupMs } = (await page.evaluate('globalThis.venuebox()')) as Seen;
    const by = way === undefined ? '' : `, by ${way}`;
    const halts = `${stalls} stalls, ${freezes} freezes`;
    const value = `p50 ${round(p50, 0)}, p95 ${round(p95, 0)} ms, ${halts}${by} (${n})`;
    figures.push({ name: `${name}, ${seconds} s`, value, goal });
    const first = `${round(startupMs ?? Number.NaN, 0)} ms`;
    figures.push({ name: `${name}: first frame`, value: first, goal: '-' });
  }
  return figures;
}

/** From opening the page to its first frame. */
export async function benchStart(): Promise<readonly Figure[]> {
  await using box = await startDetailedBox();
  await box.ready();
  const hasFrame = 'globalThis.venuebox?.().startupMs !== undefined';
  return [await measureStarts('first frame', `${box.url}/`, hasFrame, 'p95 <= 300 ms')];
}

/**
 * In a browser that is running already.
 *
 * @param isShown An expression that is true in the page once it has its first frame.
 */
export async function measureStarts(
  name: string,
  url: string,
  isShown: string,
  goal: string,
): Promise<Figure> {
  await using browser = await openChromium();
  const startsMs: number[] = [];
  for (let i = 0; i <= STARTS; i += 1) {
    const page = await browser.open(url);
    await waitInPage(page, isShown);
    const figures = (await page.evaluate('globalThis.venuebox()')) as { startupMs: number };
    await page.close();
    // The first page of a browser also starts its processes.
    if (i > 0) startsMs.push(figures.startupMs);
  }
  const { p50, p95 } = quantiles(startsMs) ?? { p50: Number.NaN, p95: Number.NaN };
  const value = `p50 ${round(p50, 0)}, p95 ${round(p95, 0)} ms (${STARTS})`;
  return { name: `${name} after opening the page`, value, goal };
}
