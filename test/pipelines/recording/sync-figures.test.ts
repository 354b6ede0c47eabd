/** When a recording is synced, on fast disks and slow ones. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SyncPace } from '../../../pipelines/recording/sync-figures.ts';

const test = suite('pace of syncs');

/** As the recorder looks at the time. */
const TICK_MS = 100;

/** When syncs start, and for how long media has then waited, on a disk where each takes so long. */
function record(syncMs: () => number, forMs: number) {
  const pace = new SyncPace();
  pace.began(0);
  const waitsMs: number[] = [];
  let [nowMs, lastMs] = [0, 0];
  while (nowMs < forMs) {
    nowMs += TICK_MS;
    if (!pace.isDue(nowMs)) continue;
    const startedMs = nowMs;
    nowMs += syncMs();
    pace.synced(startedMs, nowMs);
    waitsMs.push(nowMs - lastMs);
    lastMs = startedMs;
  }
  return { waitsMs, perSecond: (waitsMs.length * 1000) / nowMs };
}

test('a fast disk is synced every 0.4 s, so that the card does not wear more', () => {
  const { perSecond } = record(() => 10, 60_000);
  assert.ok(perSecond < 2.6, String(perSecond));
});

test('the time that a sync takes does not come on top of the pause between two', () => {
  for (const syncMs of [50, 100, 200, 300]) {
    const { waitsMs } = record(() => syncMs, 60_000);
    // With the part under way, 0.2 s, a second is not exceeded.
    assert.ok(Math.max(...waitsMs) <= 800, `${syncMs} ms: ${Math.max(...waitsMs)} ms`);
  }
});

test('on the slowest disk there is a pause in which what has arrived is taken', () => {
  const pace = new SyncPace();
  pace.synced(1_000, 9_000);
  assert.not(pace.isDue(9_020));
  assert.ok(pace.isDue(9_100));
});

test.run();
