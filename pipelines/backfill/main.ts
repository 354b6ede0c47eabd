/** The back-fill process: sends recordings of what the far end has missed, when there is room. */
import { every } from '../../hal/os/async.ts';
import { systemClock } from '../../hal/os/clock.ts';
import { openLog } from '../../hal/os/log.ts';
import { runAsWorker } from '../../hal/os/worker-child.ts';
import type { BackfillSettings, FromBackfill, ToBackfill } from './messages.ts';
import { Backfill } from './run.ts';

const FIGURES_EVERY_MS = 1_000;

runAsWorker<BackfillSettings, ToBackfill, FromBackfill>(
  async (settings, { send, onCommand }, signal) => {
    const backfill = new Backfill(settings, {
      clock: systemClock,
      log: openLog('info', 'journal'),
    });
    onCommand((message) => backfill.observe(message));
    void every(FIGURES_EVERY_MS, signal, () => {
      send({ type: 'figures', ...backfill.figures() });
      for (const [link, bytes] of backfill.takeCarried()) send({ type: 'carried', link, bytes });
    });
    await backfill.run(signal);
  },
);
