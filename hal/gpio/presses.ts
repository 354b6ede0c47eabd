/** Presses of the buttons as they happen. */

import { anySignal, pause } from '../os/async.ts';
import type { Clock } from '../os/clock.ts';
import {
  GESTURE_TIMES,
  type Gesture,
  type GestureTimes,
  startGestures,
  stepGestures,
} from './gestures.ts';
import type { InputChange, Inputs } from './port.ts';

/** Presses as they happen, and when the buttons are missing or back. */
export type PressChange =
  | Gesture
  | Extract<InputChange, { readonly kind: 'levels' | 'gone' }>
  /** Which count as no press: down since a very long one, or since the start and not yet verified. */
  | { readonly kind: 'held'; readonly buttons: readonly string[] };

/** Follows inputs and yields gestures, each at its time also when no input changes. */
export async function* watchPresses(
  inputs: Inputs,
  clock: Clock,
  signal: AbortSignal,
  times: GestureTimes = GESTURE_TIMES,
): AsyncGenerator<PressChange> {
  // Its own, since an iterator that waits for a change can only be ended by its signal.
  const left = new AbortController();
  using ends = anySignal(signal, left.signal);
  const changes = inputs.changes(ends.signal)[Symbol.asyncIterator]();
  let state = startGestures(times);
  let next = changes.next();
  let wakeAtMs: number | undefined;
  let held = '';
  try {
    for (;;) {
      const result = await nextOrWake(next, wakeAtMs, clock);
      if (result?.done) return;
      const change = result?.value;
      if (result !== undefined) next = changes.next();
      const step = stepGestures(state, change ?? { kind: 'tick', atMs: clock.monotonicMs() });
      state = step.state;
      wakeAtMs = step.wakeAtMs;
      if (change?.kind === 'levels' || change?.kind === 'gone') yield change;
      yield* step.gestures;
      const buttons = [...new Set([...state.ignored, ...state.unverified.keys()])].toSorted();
      if (buttons.join() !== held) yield { kind: 'held', buttons };
      held = buttons.join();
    }
  } finally {
    left.abort();
    await next.catch(() => undefined);
    await changes.return?.();
  }
}

/** The next change, or undefined when it is time for a tick. */
async function nextOrWake<T>(
  next: Promise<T>,
  wakeAtMs: number | undefined,
  clock: Clock,
): Promise<T | undefined> {
  if (wakeAtMs === undefined) return next;
  const done = new AbortController();
  const remainingMs = Math.max(0, wakeAtMs - clock.monotonicMs());
  const sleeping = pause(clock, remainingMs, done.signal).then(() => undefined);
  try {
    return await Promise.race([next, sleeping]);
  } finally {
    done.abort();
  }
}
