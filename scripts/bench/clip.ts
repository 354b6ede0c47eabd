/** Measures a viewer's latency while clips are made, and while none is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startDetailedBox } from '../../test/support/box.ts';
import { measureLatency, openChromium, waitInPage } from '../../test/support/chromium.ts';
import { type Figure, residentMb, round } from './machine.ts';
import { KEEPS_ALL, mark } from './mark.ts';

/** Until a clip is as long as clips are. */
const SETTLE_MS = 35_000;
/** Quiet and busy take turns, so that whatever else the machine does falls on both. */
const SLICE_MS = 15_000;
const ROUNDS = 4;
const MARK_EVERY_MS = 3_000;
const READ_EVERY_MS = 100;

interface Seen {
  readonly latenciesMs: number[];
  stalls: number;
}

/** What a viewer of a whole box sees while clips are made, and while none is, in one run. */
export async function benchClip(): Promise<readonly Figure[]> {
  await using box = await startDetailedBox(KEEPS_ALL, ['demo'], [], ['dist/daemon/main.js']);
  await box.ready();
  await using browser = await openChromium();
  const page = await browser.open(`${box.url}/`);
  await waitInPage(page, 'document.querySelector("video").currentTime > 0');
  await sleep(SETTLE_MS);
  const without: Seen = { latenciesMs: [], stalls: 0 };
  const during: Seen = { latenciesMs: [], stalls: 0 };
  const tookMs: number[] = [];
  const watch = async (seen: Seen) => {
    const glass = await measureLatency(page, SLICE_MS, READ_EVERY_MS);
    seen.latenciesMs.push(...glass.latenciesMs);
    seen.stalls += glass.stalls;
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    await watch(without);
    const over = new AbortController();
    const marking = markOften(() => mark(box), tookMs, over.signal);
    await watch(during);
    over.abort();
    await marking;
    // The last clip's poster is drawn after it: that is not a quiet moment yet.
    await sleep(MARK_EVERY_MS);
  }
  const media = residentMb(box.childPid('media') ?? 0);
  const [quiet, busy] = [without, during].map(({ latenciesMs }) => latenciesMs);
  return [
    { name: 'glass to glass, no clips', value: render(without), goal: 'p95 <= 500, no stall' },
    { name: 'the same while clips are made', value: render(during), goal: 'the same' },
    {
      name: 'moved by clips: p50, p95',
      value: `${moved(quiet, busy, 0.5)}, ${moved(quiet, busy, 0.95)} ms`,
      goal: 'within a frame (33 ms)',
    },
    { name: 'from MARK to its clip', value: quantilesOf(tookMs), goal: '<= 1000 ms' },
    { name: 'memory of the media process', value: `${Math.round(media)} MB`, goal: '-' },
  ];
}

async function markOften(
  make: () => Promise<number>,
  tookMs: number[],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    tookMs.push(await make());
    await sleep(MARK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

function render({ latenciesMs, stalls }: Seen): string {
  return `${quantilesOf(latenciesMs)}, ${stalls} stalls`;
}

function moved(
  quiet: readonly number[] = [],
  busy: readonly number[] = [],
  quantile: number,
): string {
  const by = round(at(busy, quantile) - at(quiet, quantile), 0);
  return by > 0 ? `+${by}` : String(by);
}

function quantilesOf(values: readonly number[]): string {
  const [p50, p95, most] = [0.5, 0.95, 1].map((quantile) => round(at(values, quantile), 0));
  return `p50 ${p50}, p95 ${p95}, most ${most} ms (${values.length})`;
}

function at(values: readonly number[], quantile: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * quantile)] ?? Number.NaN;
}
