/** A device that cannot follow: Chromium with its CPU slowed down, and what our player makes of it. */
import type { CDPSession, Page } from 'playwright-core';
import { startDetailedBox } from '../../../test/support/box.ts';
import { openChromium, waitInPage } from '../../../test/support/chromium.ts';
import { type Figure, round } from '../machine.ts';

const WATCH_MS = 60_000;
const SETTLE_MS = 5_000;
/** As a cheap phone beside this machine. */
const SLOWED = 6;

const RENDITIONS =
  'renditions=[{name: high, width: 1280, height: 720, bitrate_bps: 2400000}, {name: mid, width: 854, height: 480, bitrate_bps: 1300000}, {name: low, width: 640, height: 360, bitrate_bps: 700000}]';

interface Seen {
  readonly rendition: string;
  readonly switches: number;
  readonly latencyMs: number | undefined;
  readonly stallsTotal: number;
  readonly stalledMsTotal: number;
  readonly shown: number;
  readonly dropped: number;
}

const LOOK = `(() => {
  const { totalVideoFrames, droppedVideoFrames } = document.querySelector('video').getVideoPlaybackQuality();
  return { ...venuebox(), shown: totalVideoFrames, dropped: droppedVideoFrames };
})()`;

export async function benchThrottled(): Promise<readonly Figure[]> {
  await using box = await startDetailedBox([
    ...['camera.width=1280', 'camera.height=720', RENDITIONS],
  ]);
  await box.ready();
  const figures: Figure[] = [];
  for (const from of ['while it plays', 'from the start'] as const) {
    await using browser = await openChromium();
    const page = await browser.open('about:blank');
    const device = await browser.context.newCDPSession(page);
    if (from === 'from the start') await slow(device, SLOWED);
    await page.goto(`${box.url}/?profile=laptop`, { waitUntil: 'commit' });
    await waitInPage(page, 'document.querySelector("video").currentTime > 0', 120_000);
    if (from === 'while it plays') {
      await waitInPage(page, 'venuebox().rendition === "high"', 120_000);
      await page.waitForTimeout(SETTLE_MS);
      figures.push(...(await watch(page, 'not slowed down', 20_000)));
      await slow(device, SLOWED);
    }
    figures.push(...(await watch(page, `CPU ${SLOWED}x slower ${from}`, WATCH_MS)));
  }
  return figures;
}

async function slow(device: CDPSession, rate: number): Promise<void> {
  await device.send('Emulation.setCPUThrottlingRate', { rate });
}

async function watch(page: Page, name: string, forMs: number): Promise<readonly Figure[]> {
  const before = (await page.evaluate(LOOK)) as Seen;
  await page.waitForTimeout(forMs);
  const after = (await page.evaluate(LOOK)) as Seen;
  const stalls = after.stallsTotal - before.stallsTotal;
  const stalledMs = after.stalledMsTotal - before.stalledMsTotal;
  const switches = after.switches - before.switches;
  const [shown, dropped] = [after.shown - before.shown, after.dropped - before.dropped];
  const value = [
    `${stalls} stalls (${round(stalledMs, 0)} ms)`,
    `${switches} switches, ${before.rendition} to ${after.rendition}`,
    `${dropped} of ${shown} frames dropped`,
    `${round(after.latencyMs ?? Number.NaN, 0)} ms behind at the end`,
  ].join('; ');
  return [{ name: `${name}, ${forMs / 1000} s`, value, goal: 'no stall; a lower rendition' }];
}
