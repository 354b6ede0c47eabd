/** A set-up whose person left at its last screen goes on by itself. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AWAY_MS, HandOverWatch } from '../../../daemon/first-boot/hand-over.ts';
import { openSetUp } from '../../../daemon/first-boot/progress.ts';
import { STEPS } from '../../../daemon/first-boot/steps.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('hand-over of the set-up');

async function start() {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-hand-over-'));
  const setUp = await openSetUp(folder, true, silentLog);
  const clock = new VirtualClock();
  const at = { isUsed: false, finished: 0 };
  const finish = async () => {
    at.finished += 1;
    await setUp.finish();
  };
  const run = () => {
    const stop = new AbortController();
    const watch = new HandOverWatch({ setUp, isUsed: () => at.isUsed, finish, clock });
    const ended = watch.run(stop.signal);
    const end = async () => {
      stop.abort();
      await ended;
    };
    return { watch, end };
  };
  return {
    ...{ setUp, clock, at, run },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

test('once all is answered and the hand-over was shown, the box goes on when its page is gone', async () => {
  await using set = await start();
  const { setUp, clock, at } = set;
  const { watch, end } = set.run();
  await setUp.showHandOver();
  for (const step of STEPS) await setUp.answer(step, 'done');
  await setUp.chooseWifi('Cafe Central', 'espresso1');
  await clock.advance(10 * AWAY_MS);
  assert.is(at.finished, 0, 'nobody has seen where the page will be');
  await setUp.showHandOver();
  for (let i = 0; i < 20; i += 1) {
    watch.use();
    await clock.advance(AWAY_MS / 2);
  }
  assert.is(at.finished, 0, 'the page is there');
  at.isUsed = true;
  await clock.advance(10 * AWAY_MS);
  assert.is(at.finished, 0, 'the box is in use');
  at.isUsed = false;
  await clock.advance(2 * AWAY_MS);
  assert.is(at.finished, 1);
  await end();
});

test('it does so after a restart, and not for a Wi-Fi that was chosen since', async () => {
  await using set = await start();
  const { setUp, clock, at } = set;
  for (const step of STEPS) await setUp.answer(step, 'done');
  await setUp.chooseWifi('Cafe Central', 'espresso1');
  const first = set.run();
  await setUp.showHandOver();
  await setUp.chooseWifi('Market Hall', '');
  await clock.advance(10 * AWAY_MS);
  assert.is(at.finished, 0);
  await setUp.showHandOver();
  await first.end();
  const second = set.run();
  await clock.advance(2 * AWAY_MS);
  assert.is(at.finished, 1);
  await second.end();
});

test.run();
