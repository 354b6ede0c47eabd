/** The guests' page by WebRTC, in a real browser, against a real box. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Box, startBox, until } from '../../support/box.ts';
import {
  type Evaluates,
  measureLatency,
  openChromium,
  seeFrames,
  waitInPage,
} from '../../support/chromium.ts';
import { freeUdpPort } from '../../support/free-port.ts';

const test = suite('page by WebRTC in Chromium');

const FIGURES = 'globalThis.venuebox()';

/** Resolves when the page shows a picture that was taken after this process of the box died. */
async function goesOnWithout(page: Evaluates, box: Box, name: 'whep' | 'capture' | 'media') {
  const pid = box.childPid(name) ?? 0;
  process.kill(pid, 'SIGKILL');
  const killedMs = Date.now();
  await until(
    async () => {
      const { shownMs, latenciesMs } = await measureLatency(page, 1_000, 50);
      return shownMs.some((ms, i) => ms - (latenciesMs[i] ?? 0) > killedMs);
    },
    120_000,
    box.output,
  );
}

test('a box that offers it is played by WebRTC; whichever of its processes dies, the picture goes on', async () => {
  await using box = await startBox([`viewers.whep.port=${await freeUdpPort()}`]);
  await box.ready();
  await until(() => box.childPid('whep') !== undefined, 20_000);
  await using browser = await openChromium();
  const page = await browser.open(`${box.url}/`);
  // While the process starts the page plays parts, and tries again by itself.
  await waitInPage(page, `${FIGURES}.player === 'whep'`, 120_000);
  const latenciesMs = await seeFrames(page, { shown: 20, read: 6 });
  assert.ok(latenciesMs.every((ms) => ms < 30_000));
  await waitInPage(page, `${FIGURES}.latencyMs >= 0`);
  const state = () => box.state<{ media: { viewers: { byPlayer: Record<string, number> } } }>();
  await until(async () => ((await state()).media.viewers.byPlayer['whep'] ?? 0) >= 1, 20_000);

  await goesOnWithout(page, box, 'capture');
  await goesOnWithout(page, box, 'whep');
  await waitInPage(page, `${FIGURES}.player === 'venuebox'`);
  await goesOnWithout(page, box, 'media');
});

test.run();
