/** Times that no setting of the machine's clock moves, and whether it was set. */
import { pause } from '../../hal/os/async.ts';
import type { BootClock, Clock } from '../../hal/os/clock.ts';
import type { Now } from './state.ts';

/** The run of the machine and its age; an empty id where the kernel does not say. */
export interface BootTime {
  readonly bootId: string;
  readonly sinceBootMs: number;
}

export const UNKNOWN_BOOT: BootTime = { bootId: '', sinceBootMs: 0 };

export function bootTimeOf(boot: BootClock | undefined): BootTime {
  return { bootId: boot?.bootId ?? '', sinceBootMs: Math.round(boot?.sinceBootMs() ?? 0) };
}

/** More than a clock that is slewed could gain from one look to the next. */
const STEP_MIN_MS = 2_000;

/** To be called often: true once after the machine's clock was set. */
export function watchClock(clock: Clock): () => boolean {
  const ahead = () => clock.wallMs() - clock.monotonicMs();
  let lastMs = ahead();
  return () => {
    const stepMs = Math.abs(ahead() - lastMs);
    lastMs = ahead();
    return stepMs >= STEP_MIN_MS;
  };
}

/** A power cut before the next look finds a time on the disk that the clock no longer agrees with. */
const LOOK_EVERY_MS = 100;

/** Waits, or until the clock was set where that comes first: true for that. */
export async function pauseOrSet(
  clock: Clock,
  ms: number,
  isClockSet: () => boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const untilMs = clock.monotonicMs() + ms;
  for (let leftMs = ms; leftMs > 0; leftMs = untilMs - clock.monotonicMs()) {
    if (!(await pause(clock, Math.min(LOOK_EVERY_MS, leftMs), signal))) return false;
    if (isClockSet()) return true;
  }
  return false;
}

/** Of the name of a run: two of 4 characters are the same once in 65,536 times. */
const RUN_CHARS = 4;

/** The time, by both clocks, and the run of the machine. */
export function nowOf(clock: Clock, boot?: BootClock): Now {
  const run = boot?.bootId.slice(0, RUN_CHARS) ?? '';
  return { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs(), run };
}
