import type { UpstreamState } from '../../../../pipelines/edge/state.ts';
import type { Verb } from '../../../model/commands.ts';
import type { BoxSnapshot, DropPhase } from '../../../model/snapshot.ts';

/** What the page offers in each phase: the same commands as the button's. Pure. */

export interface Action {
  readonly verb: Verb;
  readonly label: string;
  /** What it is asked by: a press; a hold of one second; or a press and a second one. */
  readonly by: 'press' | 'hold' | 'confirm';
  readonly look: 'main' | 'danger' | 'plain';
  readonly args?: Readonly<Record<string, unknown>>;
}

export const HOLD_MS = 1_000;

const ARM: Action = { verb: 'arm', label: 'Arm', by: 'press', look: 'plain' };
const DISARM: Action = { verb: 'disarm', label: 'Disarm', by: 'press', look: 'plain' };
const GO: Action = { verb: 'go-live', label: 'Go live', by: 'hold', look: 'main' };
const END: Action = { verb: 'end', label: 'End', by: 'hold', look: 'danger' };
const MARK: Action = { verb: 'mark', label: 'Mark', by: 'press', look: 'main' };
const CHECK: Action = { verb: 'preflight', label: 'Run checks', by: 'press', look: 'plain' };

/** Although a check fails: the crew may know better. */
const ANYWAY: Action = { ...GO, label: 'Go live anyway', look: 'danger', args: { force: true } };

const ACTIONS: Readonly<Record<DropPhase, readonly Action[]>> = {
  idle: [{ ...ARM, look: 'main' }, GO, CHECK],
  preflight: [GO, { ...DISARM, label: 'Cancel' }],
  armed: [GO, DISARM, CHECK],
  live: [MARK, END, CHECK],
  ending: [],
  fault: [
    { ...ARM, label: 'Try again', look: 'main' },
    ANYWAY,
    { ...DISARM, label: 'Back to idle' },
  ],
};

export function actionsOf(phase: DropPhase): readonly Action[] {
  return ACTIONS[phase];
}

export const SHUT_DOWN: Action = {
  verb: 'shut-down',
  label: 'Shut down',
  by: 'confirm',
  look: 'danger',
};

const PHASE_NAMES: Readonly<Record<DropPhase, string>> = {
  idle: 'Idle',
  preflight: 'Checking',
  armed: 'Armed',
  live: 'On air',
  ending: 'Ending',
  fault: 'Fault',
};

type UpstreamPhase = UpstreamState['phase'];

const EDGE_STAGES: Readonly<Record<UpstreamPhase, { name: string; look: DropPhase }>> = {
  asking: { name: 'Edge: connecting', look: 'idle' },
  waiting: { name: 'Edge: waiting', look: 'idle' },
  live: { name: 'Edge: on air', look: 'live' },
  away: { name: 'Edge: cut off', look: 'fault' },
};

/** What the box is at, in words, and which phase it looks like. An edge makes no drops of its own. */
export function stageOf({ drop, media }: Pick<BoxSnapshot, 'drop' | 'media'>): {
  readonly name: string;
  readonly look: DropPhase;
} {
  if (media?.edge !== undefined) return EDGE_STAGES[media.edge.upstream.phase];
  return { name: PHASE_NAMES[drop.phase], look: drop.phase };
}
