/** A clock that a test moves by hand. */
import { systemClock } from '../../../../hal/os/clock.ts';

export function openMovedClock() {
  let nowMs = 0;
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { pass, clock: { ...systemClock, monotonicMs: () => nowMs } };
}
