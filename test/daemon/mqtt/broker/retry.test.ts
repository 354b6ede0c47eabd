/** When the box tries its broker again. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Retry } from '../../../../daemon/mqtt/broker/retry.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const test = suite('pauses between attempts at a broker');

/** Its wall clock may be set. */
class SettableClock extends VirtualClock {
  stepMs = 0;
  override wallMs(): number {
    return super.wallMs() + this.stepMs;
  }
}

const untilNever = new AbortController().signal;

function open() {
  const clock = new SettableClock(0);
  const retry = new Retry({ clock, log: silentLog, random: () => 0.5 });
  /** How long the pause lasts, while `during` happens after so many ms. */
  const pause = async (afterMs = Number.POSITIVE_INFINITY, during = () => {}, lastedMs = 100) => {
    const fromMs = clock.monotonicMs();
    let isOver = false;
    void retry.pause(lastedMs, untilNever).then(() => {
      isOver = true;
    });
    while (!isOver) {
      if (clock.monotonicMs() - fromMs >= afterMs) during();
      await clock.advance(100);
    }
    return clock.monotonicMs() - fromMs;
  };
  return { clock, retry, pause };
}

test('they double from one second to a minute, and start over after a good connection', async () => {
  const { pause } = open();
  const pauses = [];
  for (let i = 0; i < 8; i += 1) pauses.push(await pause());
  assert.equal(
    pauses,
    [1, 2, 4, 8, 16, 32, 60, 60].map((s) => s * 1_000),
  );
  assert.is(await pause(undefined, undefined, 30_000), 1_000);
});

test('a box whose clock is set tries again at once, and soon after', async () => {
  const { clock, pause } = open();
  for (let i = 0; i < 7; i += 1) await pause();
  const setMs = Date.UTC(2026, 10, 30);
  const setClock = () => {
    clock.stepMs = setMs;
  };
  const lasted = await pause(5_000, setClock);
  assert.ok(lasted <= 7_000, `${lasted}`);
  assert.is(await pause(), 1_000);
  assert.is(await pause(), 2_000);
});

test('a clock that is set during the attempt counts too, one that is trimmed does not', async () => {
  const { clock, pause } = open();
  for (let i = 0; i < 7; i += 1) await pause();
  clock.stepMs -= 86_400_000;
  assert.ok((await pause()) <= 1_000);
  for (let i = 0; i < 7; i += 1) await pause();
  clock.stepMs += 500;
  assert.is(await pause(), 60_000);
});

test('it ends with its signal', async () => {
  const { clock, retry } = open();
  const end = new AbortController();
  const pausing = retry.pause(0, end.signal);
  await clock.advance(500);
  end.abort();
  await pausing;
});

test.run();
