/** The drop’s state machine, as a pure step. */

import { type Aim, type Drop, type DropEvent, type Now, nextDropId, type Step } from './state.ts';
import { TABLE, type Transition } from './table.ts';
import {
  CAPTURE,
  enter,
  lastedMs,
  onAir,
  POWER_OFF,
  publish,
  stay,
  toFault,
  toIdle,
} from './transitions.ts';

/** Frames and levels are watched at least this long before the checks pass. */
const CHECKS_MIN_MS = 2_000;
/** A camera, its encoder and the first key frame are there in half of this on a Pi. */
const CHECKS_MAX_MS = 15_000;
/** No check ran: what should run them is stuck. */
const CHECKS_LOST_MS = 30_000;
/** What fails this long while armed would fail on air. */
const ARMED_FAILING_MS = 10_000;
/** Recordings are closed within a second or two; a disk that hangs must not delay the box. */
const ENDING_MAX_MS = 15_000;

type Command = Extract<DropEvent, { kind: 'command' }>;
type In<P extends Drop['phase']> = Extract<Drop, { phase: P }>;

/**
 * Takes one event. Events that mean nothing in a phase change nothing.
 *
 * A drop that is live stays live until a person ends it or the power goes: a
 * missing camera is a warning, since it may be back in a second.
 */
export function step(drop: Drop, event: DropEvent, now: Now): Step {
  switch (event.kind) {
    case 'command': {
      const entry = TABLE[drop.phase][event.verb];
      return typeof entry === 'string'
        ? transit(entry, drop, event, now)
        : { drop, effects: [], refusal: entry };
    }
    case 'checks':
      if (drop.phase === 'preflight') return stepChecks(drop, event.failures, now);
      return drop.phase === 'armed' ? stepArmed(drop, event.failures, now) : stay(drop);
    case 'frames':
      return drop.phase === 'live' && event.isFlowing && !drop.hasFrames
        ? firstFrame(drop, now)
        : stay(drop);
    case 'begin-failed':
      return drop.phase === 'live' ? stay({ ...drop, reason: event.reason }) : stay(drop);
    case 'ended':
      return drop.phase === 'ending' ? ended(drop, event.reason, now) : stay(drop);
    case 'power':
      return event.phase === 'shut-down' ? powerLost(drop, now) : powerBack(drop);
    case 'too-late':
      return tooLate(drop, event.dropId, now);
    case 'tick':
      return tick(drop, now);
  }
}

function transit(what: Transition, drop: Drop, command: Command, now: Now): Step {
  switch (what) {
    case 'check-to-arm':
      return check(drop, 'arm', now);
    case 'check-only':
      return check(drop, 'report', now);
    case 'check-to-go-live':
      return command.isForced ? goLive(drop, now) : check(drop, 'go-live', now);
    case 'go-live-next':
      if (drop.phase !== 'preflight') return stay(drop);
      return command.isForced ? goLive(drop, now) : stay({ ...drop, aim: 'go-live' });
    case 'go-live':
      return goLive(drop, now);
    case 'disarm':
      return toIdle(drop, now, [publish('drop.disarmed', now)]);
    case 'end':
      return end(drop, 'idle', 'person', now);
    case 'end-and-power-off':
      return end(drop, 'power-off', 'person', now);
    case 'power-off-next':
      return drop.phase === 'ending' ? stay({ ...drop, next: 'power-off' }) : stay(drop);
    case 'power-off':
      return toIdle(drop, now, POWER_OFF);
    case 'mark':
      return mark(drop, command, now);
    case 'stay':
      return stay(drop);
  }
}

function check(drop: Drop, aim: Aim, now: Now): Step {
  return { drop: { ...enter(drop, now), phase: 'preflight', aim }, effects: [CAPTURE] };
}

function goLive(drop: Drop, now: Now): Step {
  const dropId = nextDropId(drop.dropId, now);
  return onAir(dropId, drop.phase !== 'armed', false, now, now.wallMs);
}

function stepChecks(drop: In<'preflight'>, failures: readonly string[], now: Now): Step {
  const afterMs = now.monotonicMs - drop.enteredMs;
  if (failures.length > 0) {
    return afterMs < CHECKS_MAX_MS ? stay(drop) : toFault(drop, failures.join('; '), now);
  }
  if (afterMs < CHECKS_MIN_MS) return stay(drop);
  switch (drop.aim) {
    case 'report':
      return toIdle(drop, now, [publish('preflight.passed', now)]);
    case 'arm':
      return {
        drop: { ...enter(drop, now), phase: 'armed' },
        effects: [publish('drop.armed', now)],
      };
    case 'go-live':
      return onAir(nextDropId(drop.dropId, now), false, false, now, now.wallMs);
  }
}

function stepArmed(drop: In<'armed'>, failures: readonly string[], now: Now): Step {
  const { failing, ...well } = drop;
  if (failures.length === 0) return stay(failing === undefined ? drop : well);
  const reason = failures.join('; ');
  const sinceMs = failing?.sinceMs ?? now.monotonicMs;
  if (now.monotonicMs - sinceMs >= ARMED_FAILING_MS) return toFault(drop, reason, now);
  return stay({ ...drop, failing: { sinceMs, reason } });
}

function firstFrame(drop: In<'live'>, now: Now): Step {
  return {
    drop: { ...drop, hasFrames: true },
    effects: [publish('drop.first-frame', now, { dropId: drop.dropId })],
  };
}

function mark(drop: Drop, { label }: Command, now: Now): Step {
  if (drop.phase !== 'live') return stay(drop);
  const named = label === undefined ? {} : { label };
  const { dropId } = drop;
  return {
    drop,
    effects: [
      { kind: 'mark', dropId, atMs: now.wallMs, ...named },
      publish('drop.marked', now, { dropId, ...named }),
    ],
  };
}

function end(drop: Drop, next: 'idle' | 'power-off', by: 'person' | 'power', now: Now): Step {
  if (drop.phase !== 'live') return stay(drop);
  const { dropId, sinceMs } = drop;
  const resumable = by === 'power' ? { resumableMs: sinceMs } : {};
  // Not by the wall clock, which may have been set since.
  const lastedS = Math.round(lastedMs(drop, now.monotonicMs) / 1000);
  return {
    drop: { ...enter(drop, now), phase: 'ending', dropId, next, ...resumable },
    effects: [
      { kind: 'end-drop', dropId },
      publish('drop.ended', now, { dropId, lastedS, isByPower: by === 'power' }),
    ],
  };
}

function tooLate(drop: Drop, dropId: string, now: Now): Step {
  if (drop.phase !== 'live' || drop.dropId !== dropId) return stay(drop);
  const event = publish('drop.resumed-too-late', now, { dropId }, 'warning');
  const { drop: ending, effects } = end(drop, 'idle', 'person', now);
  return { drop: ending, effects: [event, ...effects] };
}

function ended(drop: In<'ending'>, reason: string | undefined, now: Now): Step {
  const effects = drop.next === 'power-off' ? POWER_OFF : [];
  const { drop: idle, effects: idleEffects } = toIdle(drop, now, effects);
  return { drop: reason === undefined ? idle : { ...idle, reason }, effects: idleEffects };
}

function powerLost(drop: Drop, now: Now): Step {
  if (drop.phase === 'live') return end(drop, 'power-off', 'power', now);
  if (drop.phase === 'ending') return stay({ ...drop, next: 'power-off' });
  return toIdle(drop, now, POWER_OFF);
}

/** The shutdown did not come: a box that was idle since must not go on air at its next start. */
function powerBack(drop: Drop): Step {
  if (drop.phase !== 'idle' || drop.resumableMs === undefined) return stay(drop);
  const { resumableMs: _, ...idle } = drop;
  return stay(idle);
}

function tick(drop: Drop, now: Now): Step {
  const afterMs = now.monotonicMs - drop.enteredMs;
  if (drop.phase === 'preflight' && afterMs >= CHECKS_LOST_MS) {
    return toFault(drop, 'the checks did not finish', now);
  }
  if (drop.phase === 'ending' && afterMs >= ENDING_MAX_MS) {
    return ended(drop, 'the recordings could not be closed in time', now);
  }
  return stay(drop);
}
