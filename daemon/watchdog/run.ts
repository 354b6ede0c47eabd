/** Sends systemd READY, WATCHDOG, STATUS and STOPPING. */
import { pause } from '../../hal/os/async.ts';
import type { ClockAndLog, Log } from '../../hal/os/log.ts';
import type { Notify } from '../../hal/os/systemd/notify.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { startWatchdog, stepWatchdog, type WatchdogStep } from './step.ts';
import { STARTING_USEC, startTimeout, stepTimeout, type WatchdogTimeout } from './timeout.ts';

export interface WatchdogDeps extends ClockAndLog {
  readonly notify: Notify;
  /** `WATCHDOG_USEC`: systemd kills a service that sends nothing for so long. */
  readonly watchdogUsec: number | undefined;
  readonly snapshot: () => BoxSnapshot;
}

const MAX_PERIOD_MS = 1_000;

/** Sends until `signal` aborts. Never fails. */
export async function runWatchdog(deps: WatchdogDeps, signal: AbortSignal): Promise<void> {
  const { notify, watchdogUsec, snapshot, clock, log } = deps;
  if (!notify.hasReceiver) return;
  // Three messages in each of its periods: a late one is harmless.
  const everyMs = Math.min(MAX_PERIOD_MS, (watchdogUsec ?? Infinity) / 3_000);
  let step = stepWatchdog(startWatchdog(clock.monotonicMs()), snapshot(), clock.monotonicMs());
  let timeout: WatchdogTimeout | undefined;
  let before: WatchdogStep | undefined;
  while (!signal.aborted) {
    logChange(before?.isAlive ?? true, step.isAlive, log);
    // The first message arms the watchdog: until READY a slow start is TimeoutStartSec's business.
    const armedUsec = step.state.isReady ? watchdogUsec : undefined;
    const wasShort = timeout?.isShort;
    if (armedUsec !== undefined) {
      const nowMs = clock.monotonicMs();
      timeout = stepTimeout(timeout ?? startTimeout(nowMs), everyMs, nowMs);
    }
    const lines = [
      ...(step.isNewlyReady ? ['READY=1'] : []),
      ...(step.status === before?.status ? [] : [`STATUS=${step.status}`]),
      ...(armedUsec !== undefined && timeout !== undefined && wasShort !== timeout.isShort
        ? [renderTimeout(timeout, armedUsec)]
        : []),
      ...(armedUsec !== undefined && step.isAlive ? ['WATCHDOG=1'] : []),
    ];
    if (lines.length > 0) notify.send(...lines);
    await pause(clock, everyMs, signal);
    before = step;
    step = stepWatchdog(before.state, snapshot(), clock.monotonicMs());
  }
  notify.send('STOPPING=1');
}

function logChange(wasAlive: boolean, isAlive: boolean, log: Log): void {
  if (wasAlive === isAlive) return;
  if (isAlive) log.info('media pipeline recovered');
  else log.error('media pipeline stalled: systemd is to restart the box');
}

/** Replaces the unit's WatchdogSec until the service ends, sd_notify(3). */
function renderTimeout({ isShort }: WatchdogTimeout, watchdogUsec: number): string {
  return `WATCHDOG_USEC=${isShort ? watchdogUsec : Math.max(watchdogUsec, STARTING_USEC)}`;
}
