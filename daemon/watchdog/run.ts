import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import type { Notify } from '../../hal/os/notify.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { startHeart, stepHeart } from './step.ts';
import { type Leash, STARTING_USEC, startLeash, stepLeash } from './timeout.ts';

export interface HeartbeatDeps {
  readonly notify: Notify;
  /** `WATCHDOG_USEC`: systemd kills the service that is silent for so long. */
  readonly watchdogUsec: number | undefined;
  readonly snapshot: () => BoxSnapshot;
  readonly clock: Clock;
  readonly log: Log;
}

const BEAT_MOST_MS = 1_000;

/** Tells systemd READY, WATCHDOG, STATUS and STOPPING until `signal` aborts. Never fails. */
export async function runHeartbeat(deps: HeartbeatDeps, signal: AbortSignal): Promise<void> {
  const { notify, watchdogUsec, snapshot, clock, log } = deps;
  if (!notify.isHeard) return;
  // Three beats in each of its periods: one that is late kills nobody.
  const everyMs = Math.min(BEAT_MOST_MS, (watchdogUsec ?? Infinity) / 3_000);
  let heart = startHeart(clock.monotonicMs());
  let told = '';
  let wasAlive = true;
  let leash: Leash | undefined;
  while (!signal.aborted) {
    const beat = stepHeart(heart, snapshot(), clock.monotonicMs());
    heart = beat.heart;
    if (beat.isAlive !== wasAlive) {
      if (beat.isAlive) log.info('the media path goes on');
      else log.error('the media path stands still: systemd is to start the box again');
    }
    wasAlive = beat.isAlive;
    // The first beat arms the watchdog: until READY a slow start is TimeoutStartSec's business.
    const isArmed = heart.isReady && watchdogUsec !== undefined;
    const before = leash;
    if (isArmed) {
      const nowMs = clock.monotonicMs();
      leash = stepLeash(before ?? startLeash(nowMs), everyMs, nowMs);
    }
    const isNewLength = isArmed && before?.isShort !== leash?.isShort;
    const lines = [
      ...(beat.isNewlyReady ? ['READY=1'] : []),
      ...(beat.status === told ? [] : [`STATUS=${beat.status}`]),
      ...(isNewLength ? [waitFor(leash, watchdogUsec)] : []),
      ...(isArmed && beat.isAlive ? ['WATCHDOG=1'] : []),
    ];
    told = beat.status;
    if (lines.length > 0) notify.tell(...lines);
    await pause(clock, everyMs, signal);
  }
  notify.tell('STOPPING=1');
}

/** Takes the place of the unit's WatchdogSec until the service ends, sd_notify(3). */
function waitFor(leash: Leash | undefined, watchdogUsec: number): string {
  return `WATCHDOG_USEC=${leash?.isShort ? watchdogUsec : Math.max(watchdogUsec, STARTING_USEC)}`;
}
