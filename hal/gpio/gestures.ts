/** Recognises presses, long presses and chords from changes of inputs. */

import type { InputChange } from './port.ts';
import {
  markUnverified,
  NONE_UNVERIFIED,
  nextVerifiedMs,
  onDown,
  onUp,
  type UnverifiedInputs,
  withoutVerified,
} from './unverified-inputs.ts';

/**
 * Presses from edges: a pure step, so that ten seconds of holding take no time
 * to test.
 *
 * A press starts with the first button down; others join within `togetherMs` and
 * make one gesture of all of them. It ends with the first release, or by itself
 * when it is very long. What else goes down meanwhile is ignored until it is
 * released, as is what was down at the start and in the first second after it:
 * a lid that lies on a button must not start a drop. What was down at the start may be
 * wired the other way round: a press is its release then, and letting go goes down for ever.
 * So it does nothing until it is verified; see `unverified-inputs.ts`.
 */
export interface GestureTimes {
  /** Released earlier: short. */
  readonly holdMs: number;
  /** Held this long: very long, reported while still held. */
  readonly veryLongMs: number;
  readonly togetherMs: number;
  readonly ignoreAfterStartMs: number;
}

export const GESTURE_TIMES: GestureTimes = {
  holdMs: 3000,
  veryLongMs: 10_000,
  togetherMs: 400,
  ignoreAfterStartMs: 1000,
};

export type Gesture =
  | {
      readonly kind: 'press';
      /** Sorted. */
      readonly buttons: readonly string[];
      readonly length: 'short' | 'hold' | 'very-long';
      readonly atMs: number;
    }
  /** The hold is reached: letting go now is a hold. For a lamp to answer. */
  | { readonly kind: 'hold-reached'; readonly buttons: readonly string[]; readonly atMs: number };

interface ActivePress {
  readonly buttons: readonly string[];
  readonly downMs: number;
  readonly isHoldReported: boolean;
}

export interface GestureState {
  readonly times: GestureTimes;
  /** Time of the newest input: what comes late counts as now. */
  readonly nowMs: number;
  readonly ignoreUntilMs: number;
  readonly activePress: ActivePress | undefined;
  /** Down, but part of no gesture until released. */
  readonly ignored: ReadonlySet<string>;
  /** Were down at the start, and may be wired the other way round. */
  readonly unverified: UnverifiedInputs;
}

export interface GestureStep {
  readonly state: GestureState;
  readonly gestures: readonly Gesture[];
  /** When to step with a tick at the latest, if nothing comes before. */
  readonly wakeAtMs: number | undefined;
}

export function startGestures(times: GestureTimes = GESTURE_TIMES): GestureState {
  return {
    ...{ times, nowMs: -Infinity, ignoreUntilMs: Infinity, activePress: undefined },
    ...{ ignored: new Set(), unverified: NONE_UNVERIFIED },
  };
}

/** Takes one change or a tick. Any order and repetition of changes is allowed. */
export function stepGestures(
  before: GestureState,
  input: InputChange | { readonly kind: 'tick'; readonly atMs: number },
): GestureStep {
  const nowMs = Math.max(before.nowMs, input.atMs);
  // What the press has become by now is reported before what the input does to it.
  const unverified = withoutVerified(before.unverified, nowMs);
  const aged = age({ ...before, nowMs, unverified });
  const done = apply(aged.state, input);
  return {
    state: done.state,
    gestures: [...aged.gestures, ...done.gestures],
    wakeAtMs: wakeAt(done.state),
  };
}

type Advance = Pick<GestureStep, 'state' | 'gestures'>;

function age(state: GestureState): Advance {
  const { activePress, nowMs, times } = state;
  if (activePress === undefined) return { state, gestures: [] };
  const { buttons, downMs } = activePress;
  const gestures: Gesture[] = [];
  if (!activePress.isHoldReported && nowMs >= downMs + times.holdMs) {
    gestures.push({ kind: 'hold-reached', buttons, atMs: downMs + times.holdMs });
  }
  if (nowMs >= downMs + times.veryLongMs) {
    const atMs = downMs + times.veryLongMs;
    gestures.push({ kind: 'press', buttons, length: 'very-long', atMs });
    return { state: endPress(state, buttons), gestures };
  }
  const isHoldReported = activePress.isHoldReported || gestures.length > 0;
  return { state: { ...state, activePress: { ...activePress, isHoldReported } }, gestures };
}

function apply(state: GestureState, input: Parameters<typeof stepGestures>[1]): Advance {
  switch (input.kind) {
    case 'tick':
      return { state, gestures: [] };
    case 'levels':
      return { state: restart(state, input.active), gestures: [] };
    case 'gone':
    case 'lost':
      // Nothing is known of the buttons until their levels are reported again.
      return { state: { ...state, activePress: undefined, ignoreUntilMs: Infinity }, gestures: [] };
    case 'edge':
      return input.isActive ? press(state, input.name) : release(state, input.name);
  }
}

function restart(state: GestureState, active: ReadonlySet<string>): GestureState {
  const ignoreUntilMs = state.nowMs + state.times.ignoreAfterStartMs;
  const unverified = markUnverified(state.unverified, active, state.nowMs);
  return { ...state, activePress: undefined, ignored: new Set(active), unverified, ignoreUntilMs };
}

function press(state: GestureState, name: string): Advance {
  const { activePress, nowMs, times, ignored } = state;
  if (ignored.has(name) || activePress?.buttons.includes(name)) return { state, gestures: [] };
  if (state.unverified.has(name)) {
    const unverified = onDown(state.unverified, name, nowMs);
    return { state: { ...state, unverified, ignored: new Set([...ignored, name]) }, gestures: [] };
  }
  if (
    nowMs < state.ignoreUntilMs ||
    (activePress && nowMs > activePress.downMs + times.togetherMs)
  ) {
    return { state: { ...state, ignored: new Set([...ignored, name]) }, gestures: [] };
  }
  const next: ActivePress =
    activePress === undefined
      ? { buttons: [name], downMs: nowMs, isHoldReported: false }
      : { ...activePress, buttons: [...activePress.buttons, name].toSorted() };
  return { state: { ...state, activePress: next }, gestures: [] };
}

function release(state: GestureState, name: string): Advance {
  const { activePress, nowMs, times } = state;
  if (activePress === undefined || !activePress.buttons.includes(name)) {
    const ignored = new Set([...state.ignored].filter((other) => other !== name));
    const unverified = onUp(state.unverified, name, { nowMs, shortMs: times.holdMs });
    return { state: { ...state, ignored, unverified }, gestures: [] };
  }
  const { buttons } = activePress;
  const length = nowMs - activePress.downMs >= times.holdMs ? 'hold' : 'short';
  const stillDown = buttons.filter((other) => other !== name);
  return {
    state: endPress(state, stillDown),
    gestures: [{ kind: 'press', buttons, length, atMs: nowMs }],
  };
}

function endPress(state: GestureState, stillDown: readonly string[]): GestureState {
  return { ...state, activePress: undefined, ignored: new Set([...state.ignored, ...stillDown]) };
}

function wakeAt({ activePress, times, unverified }: GestureState): number | undefined {
  const reachedMs = activePress?.isHoldReported ? times.veryLongMs : times.holdMs;
  const activePressMs = activePress === undefined ? Infinity : activePress.downMs + reachedMs;
  const atMs = Math.min(activePressMs, nextVerifiedMs(unverified));
  return atMs === Infinity ? undefined : atMs;
}
