/** What the print queue counts an hour by. */
import { type Clock, openBootClock } from '../../hal/os/clock.ts';
import { isKeptByRtc } from '../../hal/system/rtc.ts';
import type { Config } from '../config/config.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { QueueDeps } from './queue.ts';

export interface HourDeps {
  readonly clock: Clock;
  readonly snapshot: () => Pick<BoxSnapshot, 'system'>;
  /** Of the clock with a battery; for tests. */
  readonly rtcFolder?: string;
}

export function openHour(
  config: Pick<Config, 'printer'>,
  { clock, snapshot, rtcFolder }: HourDeps,
): Pick<QueueDeps, 'perHour' | 'boot' | 'isClockSet'> {
  // A box that is never online forgets no hour where its clock went on while it was off.
  const isKept = isKeptByRtc(clock.wallMs(), rtcFolder);
  return {
    perHour: () => config.printer.max_per_hour,
    boot: openBootClock(),
    isClockSet: () => isKept || (snapshot().system?.clock.phase ?? 'free') !== 'free',
  };
}
