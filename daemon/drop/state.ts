/** The types of the drop’s state machine: states, events, effects. */
import type { BoxEvent, RejectCode, Verb } from '../model/commands.ts';
import type { DropState, PowerPhase } from '../model/snapshot.ts';

/** What follows when the checks have passed. */
export type Aim = 'arm' | 'go-live' | 'report';

/** Times in `enteredMs` and `failing` are of the monotonic clock. */
export type Drop =
  | (Base & {
      readonly phase: 'idle';
      /** The power ended the drop that began then (Unix ms): the box resumes it when it restarts. */
      readonly resumableMs?: number;
    })
  | (Base & { readonly phase: 'preflight'; readonly aim: Aim })
  | (Base & {
      readonly phase: 'armed';
      readonly failing?: { readonly sinceMs: number; readonly reason: string };
    })
  | (Base & {
      readonly phase: 'live';
      readonly dropId: string;
      /** How long a drop that is resumed was on before this run of the box. */
      readonly beforeMs?: number;
      /** The first frame was seen. */
      readonly hasFrames: boolean;
    })
  | (Base & {
      readonly phase: 'ending';
      readonly dropId: string;
      readonly next: 'idle' | 'power-off';
      /** As in idle. */
      readonly resumableMs?: number;
    })
  | (Base & { readonly phase: 'fault'; readonly reason: string });

interface Base {
  /** Unix time at which the phase began; of a drop that is resumed after a power failure, its begin. */
  readonly sinceMs: number;
  readonly enteredMs: number;
  /** The present drop, or the last one. */
  readonly dropId?: string;
  readonly reason?: string;
}

/** Verbs that move the machine; the others need no state. */
export type DropVerb = Exclude<
  Verb,
  'print' | 'camera' | 'overlay' | 'order' | 'drops' | 'rehearse' | 'survey' | 'update'
>;

export type DropEvent =
  | {
      readonly kind: 'command';
      readonly verb: DropVerb;
      /** Go live although a check fails. */
      readonly isForced?: boolean;
      /** What to call a marked moment. */
      readonly label?: string;
    }
  /** The checks ran again; each failure is one line. */
  | { readonly kind: 'checks'; readonly failures: readonly string[] }
  | { readonly kind: 'frames'; readonly isFlowing: boolean }
  /** Something that begins with a drop did not; the drop goes on. */
  | { readonly kind: 'begin-failed'; readonly reason: string }
  | { readonly kind: 'ended'; readonly reason?: string }
  | { readonly kind: 'power'; readonly phase: PowerPhase }
  /** This drop was resumed after the box had been off for too long, and no viewer is there. */
  | { readonly kind: 'too-late'; readonly dropId: string }
  | { readonly kind: 'tick' };

/** What the box must do, in this order. */
export type Effect =
  | { readonly kind: 'capture'; readonly isWanted: boolean }
  | { readonly kind: 'begin-drop'; readonly dropId: string; readonly isResumed: boolean }
  | { readonly kind: 'end-drop'; readonly dropId: string }
  | {
      readonly kind: 'mark';
      readonly dropId: string;
      readonly atMs: number;
      readonly label?: string;
    }
  | { readonly kind: 'power-off' }
  | { readonly kind: 'event'; readonly event: BoxEvent };

export interface Refusal {
  readonly code: RejectCode;
  readonly detail: string;
}

export interface Step {
  readonly drop: Drop;
  readonly effects: readonly Effect[];
  /** A command that the phase does not allow; nothing else happens then. */
  readonly refusal?: Refusal;
}

export interface Now {
  readonly wallMs: number;
  readonly monotonicMs: number;
  /** Of the machine; empty or left out where it is not known. */
  readonly run?: string;
  /** Nothing says that the clock may be wrong. */
  readonly isRight?: boolean;
}

/** The part of a drop that others see. */
export function stateOf({ phase, sinceMs, dropId, reason }: Drop): DropState {
  return {
    phase,
    sinceMs,
    ...(dropId === undefined ? {} : { dropId }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/**
 * The id of a drop that begins now, after the last one's: two presses within a second, or a
 * clock that begins at the same time after each power cut, must not name two drops alike. A
 * last one that is far ahead was named by a wrong clock. Where the disk has not kept the last one
 * either, the run of the machine tells them apart.
 */
export function nextDropId(
  last: string | undefined,
  { wallMs, run = '', isRight = false }: Pick<Now, 'wallMs' | 'run' | 'isRight'>,
): string {
  const text = last?.slice(0, ID_CHARS).replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:') ?? '';
  const aheadMs = Date.parse(text) - wallMs;
  const isAhead = aheadMs > -1_000 && aheadMs < CLOCK_ERROR_MAX_MS;
  const id = dropIdAt(isAhead ? wallMs + aheadMs + 1_000 : wallMs);
  // Two runs may count on from the same one, where the disk has not kept what the first made.
  return run === '' || (isRight && !isAhead) ? id : `${id}-${run}`;
}

/** Without the run of the machine. */
const ID_CHARS = '2026-11-22T20-00-05Z'.length;
const CLOCK_ERROR_MAX_MS = 86_400_000;

/** `2026-11-22T20-00-05Z`: sorts by time, and is a file name and a topic. */
export function dropIdAt(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/\.\d+/, '').replaceAll(':', '-');
}
