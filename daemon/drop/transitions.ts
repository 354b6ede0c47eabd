/** The building blocks of the drop’s steps. */
import type { BoxEvent } from '../model/commands.ts';
import type { Drop, Effect, Now, Step } from './state.ts';

export const POWER_OFF: readonly Effect[] = [{ kind: 'power-off' }];
export const CAPTURE: Effect = { kind: 'capture', isWanted: true };
const NO_CAPTURE: Effect = { kind: 'capture', isWanted: false };

export function stay(drop: Drop): Step {
  return { drop, effects: [] };
}

/** Goes live, or resumes a drop that a power failure interrupted. */
export function onAir(
  dropId: string,
  isCold: boolean,
  isResumed: boolean,
  now: Now,
  sinceMs: number,
): Step {
  const before = isResumed ? { beforeMs: Math.max(0, now.wallMs - sinceMs) } : {};
  const entered = { sinceMs, enteredMs: now.monotonicMs };
  return {
    drop: { phase: 'live', dropId, ...entered, ...before, hasFrames: false },
    effects: [
      ...(isCold ? [CAPTURE] : []),
      { kind: 'begin-drop', dropId, isResumed },
      publish('drop.live', now, { dropId, isResumed }),
    ],
  };
}

/** When the drop began that is resumed when the box restarts; undefined where none is. */
export function resumableOf(drop: Drop): number | undefined {
  if (drop.phase === 'live') return drop.sinceMs;
  return drop.phase === 'ending' || drop.phase === 'idle' ? drop.resumableMs : undefined;
}

export function toIdle(drop: Drop, now: Now, effects: readonly Effect[]): Step {
  // A second shut-down must not lose what the first one saved.
  const resumableMs = resumableOf(drop);
  const resumable = resumableMs === undefined ? {} : { resumableMs };
  return {
    drop: { ...enter(drop, now), phase: 'idle', ...resumable },
    effects: [NO_CAPTURE, ...effects],
  };
}

export function toFault(drop: Drop, reason: string, now: Now): Step {
  return {
    drop: { ...enter(drop, now), phase: 'fault', reason },
    effects: [NO_CAPTURE, publish('drop.fault', now, { reason }, 'critical')],
  };
}

export function enter({ dropId }: Drop, now: Now) {
  return {
    sinceMs: now.wallMs,
    enteredMs: now.monotonicMs,
    ...(dropId === undefined ? {} : { dropId }),
  };
}

/** How long it has been in its phase, a drop that was resumed since its begin, by a clock that does not step. */
export function lastedMs(drop: Drop, monotonicMs: number): number {
  const beforeMs = drop.phase === 'live' ? (drop.beforeMs ?? 0) : 0;
  return beforeMs + monotonicMs - drop.enteredMs;
}

/** After the machine's clock was set: the phase has lasted as long, and began by the new time. */
export function afterClockSet(drop: Drop, now: Now): Drop {
  // Since when it is idle is compared with the checklists, which keep their times.
  if (drop.phase === 'idle') return drop;
  return { ...drop, sinceMs: now.wallMs - Math.round(lastedMs(drop, now.monotonicMs)) };
}

export function publish(
  type: BoxEvent['type'],
  now: Now,
  data: BoxEvent['data'] = {},
  severity: BoxEvent['severity'] = 'info',
): Effect {
  return { kind: 'event', event: { type, severity, atMs: now.wallMs, data } };
}
