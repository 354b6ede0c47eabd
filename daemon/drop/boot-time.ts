/** Times that no setting of the machine's clock moves, and whether it was set. */
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

/** The time, by both clocks. */
export function nowOf(clock: Clock): Now {
  return { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() };
}
