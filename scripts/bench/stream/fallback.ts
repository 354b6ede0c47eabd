/** Measures how long the picture stands still for a guest by WebRTC whose box loses a process. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startDetailedBox, until } from '../../../test/support/box.ts';
import { measureLatency, openChromium, waitInPage } from '../../../test/support/chromium.ts';
import { freeUdpPort } from '../../../test/support/free-port.ts';
import { readGaps, watchGaps } from '../lossy/gaps.ts';
import { type Figure, round } from '../machine.ts';

const PROCESSES = ['whep', 'capture', 'media'] as const;
const SETTLE_MS = 8_000;
const BEFORE_MS = 1_000;
/** A picture that was taken so much later is another one. */
const NEW_MS = 5;
/** The page goes back to WebRTC after 15 s. */
const WATCH_MS = 30_000;

export async function benchFallback(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const name of PROCESSES) figures.push(await measure(name));
  return figures;
}

async function measure(name: (typeof PROCESSES)[number]): Promise<Figure> {
  await using box = await startDetailedBox([`viewers.whep.port=${await freeUdpPort()}`]);
  await box.ready();
  await until(() => box.childPid('whep') !== undefined, 60_000);
  await using browser = await openChromium();
  const page = await browser.open(`${box.url}/?player=whep`);
  await waitInPage(page, 'globalThis.venuebox?.().player === "whep"');
  await page.waitForTimeout(SETTLE_MS);
  await watchGaps(page, 250);
  const watching = measureLatency(page, WATCH_MS, 0);
  await sleep(BEFORE_MS);
  process.kill(box.childPid(name) ?? 0, 'SIGKILL');
  const { shownMs, latenciesMs } = await watching;
  const { freezesMs } = await readGaps(page);
  const { player } = (await page.evaluate('globalThis.venuebox()')) as { player: string };
  const still = round(longestStill(shownMs, latenciesMs), 0);
  return {
    name: `${name} killed: the picture stands still`,
    value: `${still} ms; pauses ${freezesMs.join(', ') || 'none'} ms in ${WATCH_MS / 1000} s; at the end by ${player}`,
    goal: '<= 2000 ms',
  };
}

/** A clock is in the picture: encoders that are away have their last one repeated. */
function longestStill(shownMs: readonly number[], latenciesMs: readonly number[]): number {
  const takenMs = shownMs.map((ms, i) => ms - (latenciesMs[i] ?? 0));
  let longestMs = 0;
  let [sinceMs = 0] = shownMs;
  let newestMs = takenMs[0] ?? 0;
  for (const [i, ms] of takenMs.entries()) {
    if (Math.abs(ms - newestMs) < NEW_MS) continue;
    longestMs = Math.max(longestMs, (shownMs[i] ?? 0) - sinceMs);
    sinceMs = shownMs[i] ?? 0;
    newestMs = ms;
  }
  return Math.max(longestMs, (shownMs.at(-1) ?? 0) - sinceMs);
}
