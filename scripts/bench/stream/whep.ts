/** Measures viewers by WebRTC: glass to glass, freezes, the first frame, and what fifty cost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { quantiles } from '../../../pipelines/origin/viewers.ts';
import { type Box, startDetailedBox, until } from '../../../test/support/box.ts';
import { measureLatency, openChromium, waitInPage } from '../../../test/support/chromium.ts';
import { freeUdpPort } from '../../../test/support/free-port.ts';
import { measureStarts } from '../glass.ts';
import { readGaps, watchGaps } from '../lossy/gaps.ts';
import { cpuWhile, type Figure, round } from '../machine.ts';
import { onCore, processesOf } from '../processes.ts';
import { BUSY_PICTURE } from '../push/busy-picture.ts';
import { runGenerator } from '../viewers.ts';
import type { WhepLoad } from './whep-viewers.ts';

const SETTLE_MS = 8_000;
const SLICE_MS = 10_000;
/** From its first sign of life to its first answer. */
const STARTS_MS = 2_000;
const VIEWERS = 50;
const LOAD_S = 20;
const FREEZE_MS = 250;

const PLAYS = 'globalThis.venuebox?.().player === "whep" && globalThis.venuebox().startupMs';

export async function benchWhep(runs: number, seconds: number): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (let run = 1; run <= runs; run += 1) figures.push(await measureOwn(run, seconds));
  figures.push(await measureBehindEdge(seconds));
  return [...figures, await measureFirstFrame(), ...(await measureCost())];
}

async function openBox(settings: readonly string[] = []): Promise<Box> {
  const port = await freeUdpPort();
  const box = await startDetailedBox([
    `viewers.whep.port=${port}`,
    'viewers.whep.max_viewers=100',
    'viewers.whep.max_viewers_per_address=100',
    ...settings,
  ]);
  await box.ready();
  return box;
}

async function measureOwn(run: number, seconds: number): Promise<Figure> {
  await using box = await openBox();
  return await measureGlass(`run ${run}`, box, seconds);
}

async function measureBehindEdge(seconds: number): Promise<Figure> {
  await using origin = await openBox();
  await using edge = await openBox([`edge.upstream=${origin.url}`]);
  await untilOffered(edge);
  return await measureGlass('behind an edge', edge, seconds);
}

async function measureGlass(name: string, box: Box, seconds: number): Promise<Figure> {
  await using browser = await openChromium();
  const page = await browser.open(`${box.url}/?player=whep`);
  await waitInPage(page, PLAYS);
  await page.waitForTimeout(SETTLE_MS);
  await watchGaps(page, FREEZE_MS);
  const latenciesMs: number[] = [];
  for (let ms = 0; ms < seconds * 1_000; ms += SLICE_MS) {
    const slice = await measureLatency(page, Math.min(SLICE_MS, seconds * 1_000 - ms));
    latenciesMs.push(...slice.latenciesMs);
  }
  const { freezesMs, longestMs } = await readGaps(page);
  const shown = (await page.evaluate('globalThis.venuebox()')) as {
    player: string;
    latencyMs: number;
  };
  const { p50, p95, n } = quantiles(latenciesMs) ?? { p50: Number.NaN, p95: Number.NaN, n: 0 };
  return {
    name: `glass to glass by WHEP, ${name}, ${seconds} s`,
    value: `p50 ${round(p50, 0)}, p95 ${round(p95, 0)} ms (${n}), ${freezesMs.length} freezes, longest ${round(longestMs, 0)} ms, page says ${round(shown.latencyMs, 0)} ms by ${shown.player}`,
    goal: 'p50 <= 120, p95 <= 180 ms, none',
  };
}

async function measureFirstFrame(): Promise<Figure> {
  await using box = await openBox();
  // Its process may still be starting, and the page would take parts.
  await untilOffered(box);
  const url = `${box.url}/?player=whep`;
  return await measureStarts('first frame by WHEP', url, PLAYS, '<= 400 ms');
}

async function untilOffered(box: Box): Promise<void> {
  await until(() => processesOf(box).has('whep'), 60_000);
  await sleep(STARTS_MS);
}

async function measureCost(): Promise<readonly Figure[]> {
  await using box = await openBox(BUSY_PICTURE);
  await untilOffered(box);
  const pid = processesOf(box).get('whep') ?? 0;
  onCore(pid, 0);
  const { cpuPct: idle } = await cpuWhile(pid, sleep(5_000));
  const program = 'scripts/bench/stream/whep-viewers.ts';
  const watching = runGenerator<WhepLoad>(program, `${box.url}/live/whep`, VIEWERS, LOAD_S);
  onCore(watching.pid, 1);
  await watching.warm;
  const { cpuPct: busy, result: load } = await cpuWhile(pid, watching.report);
  const each = round(load.mbps / VIEWERS, 2);
  return [
    {
      name: `${VIEWERS} viewers by WHEP: CPU of the WHEP process`,
      value: `${round(busy)} % of a core (without viewers ${round(idle)} %)`,
      goal: '<= 25 %',
    },
    {
      name: `${VIEWERS} viewers by WHEP: got`,
      value: `${each} Mb/s each; packets ${load.packetsMin} to ${load.packetsMax}`,
      goal: '1.5 Mb/s',
    },
  ];
}
