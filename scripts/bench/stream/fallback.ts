/** Measures how long the picture stands still for a guest by WebRTC whose box loses a process. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startBox, until } from '../../../test/support/box.ts';
import { measureLatency, openChromium, waitInPage } from '../../../test/support/chromium.ts';
import { freeUdpPort } from '../../../test/support/free-port.ts';
import { readGaps, watchGaps } from '../lossy/gaps.ts';
import { type Figure, round } from '../machine.ts';

const PROCESSES = ['whep', 'capture', 'media'] as const;
const SETTLE_MS = 8_000;
const BEFORE_MS = 1_000;
/** The page goes back to WebRTC after 15 s. */
const WATCH_MS = 30_000;

export async function benchFallback(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const name of PROCESSES) figures.push(await measure(name));
  return figures;
}

async function measure(name: (typeof PROCESSES)[number]): Promise<Figure> {
  await using box = await startBox([`viewers.whep.port=${await freeUdpPort()}`]);
  await box.ready();
  await until(() => box.childPid('whep') !== undefined, 60_000);
  await using browser = await openChromium();
  const page = await browser.open(`${box.url}/?player=whep`);
  await waitInPage(page, 'globalThis.venuebox?.().player === "whep"');
  await page.waitForTimeout(SETTLE_MS);
  await watchGaps(page, 250);
  const watching = measureLatency(page, WATCH_MS, 0);
  await sleep(BEFORE_MS);
  const killedMs = Date.now();
  process.kill(box.childPid(name) ?? 0, 'SIGKILL');
  const { shownMs, latenciesMs } = await watching;
  // Its clock is in the picture: one from after the kill proves that all of the box works again.
  const back = shownMs.find((ms, i) => ms - (latenciesMs[i] ?? 0) > killedMs);
  const { freezesMs } = await readGaps(page);
  const { player } = (await page.evaluate('globalThis.venuebox()')) as { player: string };
  const after = back === undefined ? 'never' : `after ${round(back - killedMs, 0)} ms`;
  return {
    name: `${name} killed: a picture taken later is shown`,
    value: `${after}; pauses ${freezesMs.join(', ') || 'none'} ms in ${WATCH_MS / 1000} s; at the end by ${player}`,
    goal: '<= 2000 ms',
  };
}
