/** What each command does in each phase. */
import type { DropPhase } from '../model/snapshot.ts';
import type { DropVerb, Refusal } from './state.ts';

/** What a command does. */
export type Transition =
  | 'check-to-arm'
  | 'check-to-go-live'
  | 'check-only'
  /** The checks that are running end on air. */
  | 'go-live-next'
  | 'go-live'
  | 'disarm'
  | 'end'
  | 'end-and-power-off'
  | 'power-off-next'
  | 'power-off'
  | 'mark'
  /** Allowed, and changes nothing. */
  | 'stay';

const wrong = (detail: string): Refusal => ({ code: 'WRONG_PHASE', detail });
const busy = (detail: string): Refusal => ({ code: 'BUSY', detail });

const NOT_LIVE = wrong('nothing is live');
const LIVE = wrong('it is live: end it first');
const ENDING = busy('the drop is ending');

/** Each phase and each command: a transition, or why not. */
export const TABLE: Readonly<Record<DropPhase, Readonly<Record<DropVerb, Transition | Refusal>>>> =
  {
    idle: {
      arm: 'check-to-arm',
      disarm: wrong('it is idle already'),
      'go-live': 'check-to-go-live',
      end: NOT_LIVE,
      mark: NOT_LIVE,
      preflight: 'check-only',
      'shut-down': 'power-off',
    },
    preflight: {
      arm: busy('the checks are running'),
      disarm: 'disarm',
      'go-live': 'go-live-next',
      end: NOT_LIVE,
      mark: NOT_LIVE,
      preflight: busy('the checks are running'),
      'shut-down': 'power-off',
    },
    armed: {
      arm: wrong('it is armed already'),
      disarm: 'disarm',
      'go-live': 'go-live',
      end: NOT_LIVE,
      mark: NOT_LIVE,
      preflight: 'stay',
      'shut-down': 'power-off',
    },
    live: {
      arm: LIVE,
      disarm: LIVE,
      'go-live': wrong('it is live already'),
      end: 'end',
      mark: 'mark',
      preflight: 'stay',
      'shut-down': 'end-and-power-off',
    },
    ending: {
      arm: ENDING,
      disarm: ENDING,
      'go-live': ENDING,
      end: ENDING,
      mark: ENDING,
      preflight: ENDING,
      'shut-down': 'power-off-next',
    },
    fault: {
      arm: 'check-to-arm',
      disarm: 'disarm',
      'go-live': 'check-to-go-live',
      end: NOT_LIVE,
      mark: NOT_LIVE,
      preflight: 'check-only',
      'shut-down': 'power-off',
    },
  };
