/** Measures viewers by WebRTC: glass to glass, freezes, the first frame, and what fifty cost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { quantiles } from '../../../pipelines/origin/viewers.ts';
import { type Box, startBox } from '../../../test/support/box.ts';
import { measureLatency, openChromium, waitInPage } from '../../../test/support/chromium.ts';
import { freeUdpPort } from '../../../test/support/free-port.ts';
import { cpuWhile, type Figure, round } from '../machine.ts';
import { processesOf } from '../processes.ts';
import { runGenerator } from '../viewers.ts';
import type { WhepLoad } from './whep-viewers.ts';

const SETTLE_MS = 8_000;
const SLICE_MS = 10_000;
const STARTS = 10;
const VIEWERS = 50;
const LOAD_S = 20;
const FREEZE_MS = 250;

const PLAYS = 'globalThis.venuebox?.().player === "whep" && globalThis.venuebox().startupMs';

export async function benchWhep(runs: number, seconds: number): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (let run = 1; run <= runs; run += 1) figures.push(await measureGlass(run, seconds));
  return [...figures, await measureStarts(), ...(await measureCost())];
}

async function openBox(): Promise<Box> {
  const port = await freeUdpPort();
  const box = await startBox([
    `viewers.whep.port=${port}`,
    'viewers.whep.max_viewers=100',
    'viewers.whep.max_viewers_per_address=100',
  ]);
  await box.ready();
  return box;
}

async function measureGlass(run: number, seconds: number): Promise<Figure> {
  await using box = await openBox();
  await using browser = await openChromium();
  const page = await browser.open(`${box.url}/?player=whep`);
  await waitInPage(page, PLAYS);
  await page.waitForTimeout(SETTLE_MS);
  await page.evaluate(`(${WATCH_GAPS})(${FREEZE_MS})`);
  const latenciesMs: number[] = [];
  for (let ms = 0; ms < seconds * 1_000; ms += SLICE_MS) {
    const slice = await measureLatency(page, Math.min(SLICE_MS, seconds * 1_000 - ms));
    latenciesMs.push(...slice.latenciesMs);
  }
  const gaps = (await page.evaluate('globalThis.gaps')) as { freezes: number; longestMs: number };
  const shown = (await page.evaluate('globalThis.venuebox()')) as {
    player: string;
    latencyMs: number;
  };
  const { p50, p95, n } = quantiles(latenciesMs) ?? { p50: Number.NaN, p95: Number.NaN, n: 0 };
  return {
    name: `glass to glass by WHEP, run ${run}, ${seconds} s`,
    value: `p50 ${round(p50, 0)}, p95 ${round(p95, 0)} ms (${n}), ${gaps.freezes} freezes, longest ${round(gaps.longestMs, 0)} ms, page says ${round(shown.latencyMs, 0)} ms by ${shown.player}`,
    goal: 'p50 <= 120, p95 <= 180 ms, none',
  };
}

/** Counts pauses between pictures; runs in the page. */
const WATCH_GAPS = `(freezeMs) => {
  const video = document.querySelector('video');
  globalThis.gaps = { freezes: 0, longestMs: 0 };
  let lastMs;
  const onFrame = (_now, { presentationTime }) => {
    const gapMs = lastMs === undefined ? 0 : presentationTime - lastMs;
    lastMs = presentationTime;
    if (gapMs > freezeMs) globalThis.gaps.freezes += 1;
    globalThis.gaps.longestMs = Math.max(globalThis.gaps.longestMs, gapMs);
    video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);
}`;

async function measureStarts(): Promise<Figure> {
  await using box = await openBox();
  await using browser = await openChromium();
  const startsMs: number[] = [];
  for (let i = 0; i <= STARTS; i += 1) {
    const page = await browser.open(`${box.url}/?player=whep`);
    await waitInPage(page, PLAYS);
    const { startupMs } = (await page.evaluate('globalThis.venuebox()')) as { startupMs: number };
    await page.close();
    // The first page of a browser also starts its processes.
    if (i > 0) startsMs.push(startupMs);
  }
  const { p50, p95 } = quantiles(startsMs) ?? { p50: Number.NaN, p95: Number.NaN };
  return {
    name: 'first frame by WHEP after opening the page',
    value: `p50 ${round(p50, 0)}, p95 ${round(p95, 0)} ms (${STARTS})`,
    goal: '<= 400 ms',
  };
}

async function measureCost(): Promise<readonly Figure[]> {
  await using box = await openBox();
  const pid = processesOf(box).get('whep') ?? 0;
  const { cpuPct: idle } = await cpuWhile(pid, sleep(5_000));
  const program = 'scripts/bench/stream/whep-viewers.ts';
  const watching = runGenerator<WhepLoad>(program, `${box.url}/live/whep`, VIEWERS, LOAD_S);
  await watching.warm;
  const { cpuPct: busy, result: load } = await cpuWhile(pid, watching.report);
  return [
    {
      name: `${VIEWERS} viewers by WHEP: CPU of the WHEP process`,
      value: `${round(busy)} % of a core (without viewers ${round(idle)} %)`,
      goal: '<= 25 %',
    },
    {
      name: `${VIEWERS} viewers by WHEP: sent`,
      value: `${round(load.mbps)} Mb/s; packets each ${load.packetsMin} to ${load.packetsMax}`,
      goal: '-',
    },
  ];
}
