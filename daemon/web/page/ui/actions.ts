/** The commands that the page offers in each phase. Pure. */
import type { UpstreamState } from '../../../../pipelines/edge/state.ts';
import type { Verb } from '../../../model/commands.ts';
import type { BoxSnapshot, DropPhase } from '../../../model/snapshot.ts';

export interface Action {
  readonly verb: Verb;
  readonly label: string;
  /** In small letters: what it does, or how to press it. */
  readonly hint?: string;
  /** A press, a hold of one second, or a press and a confirmation. */
  readonly gesture: 'press' | 'hold' | 'confirm';
  readonly variant: 'main' | 'danger' | 'plain';
  readonly args?: Readonly<Record<string, unknown>>;
}

export const HOLD_MS = 1_000;

const ARM: Action = {
  verb: 'arm',
  label: 'Arm',
  hint: 'check, and start the camera',
  gesture: 'press',
  variant: 'plain',
};
const DISARM: Action = {
  verb: 'disarm',
  label: 'Disarm',
  hint: 'stop the camera',
  gesture: 'press',
  variant: 'plain',
};
const GO: Action = {
  verb: 'go-live',
  label: 'Go live',
  hint: 'hold',
  gesture: 'hold',
  variant: 'main',
};
const END: Action = { verb: 'end', label: 'End', hint: 'hold', gesture: 'hold', variant: 'danger' };
const MARK: Action = {
  verb: 'mark',
  label: 'Mark',
  hint: 'keep this moment',
  gesture: 'press',
  variant: 'main',
};
const CHECK: Action = {
  verb: 'preflight',
  label: 'Run checks',
  gesture: 'press',
  variant: 'plain',
};

const SWITCH_CAMERA: Action = {
  verb: 'camera',
  label: 'Other camera',
  gesture: 'press',
  variant: 'plain',
};

/** Although a check has failed. */
const ANYWAY: Action = { ...GO, label: 'Go live anyway', variant: 'danger', args: { force: true } };

const ACTIONS: Readonly<Record<DropPhase, readonly Action[]>> = {
  idle: [{ ...ARM, variant: 'main' }, GO, CHECK],
  preflight: [GO, { ...DISARM, label: 'Cancel' }],
  armed: [GO, DISARM, CHECK],
  live: [MARK, END, CHECK],
  ending: [],
  fault: [
    { ...ARM, label: 'Try again', variant: 'main' },
    ANYWAY,
    { ...DISARM, label: 'Back to idle' },
  ],
};

/** @param hasSecondCamera There are two, and one can be put on air in place of the other. */
export function actionsOf(phase: DropPhase, hasSecondCamera = false): readonly Action[] {
  const isShooting = phase === 'armed' || phase === 'live';
  return hasSecondCamera && isShooting ? [...ACTIONS[phase], SWITCH_CAMERA] : ACTIONS[phase];
}

export const SHUT_DOWN: Action = {
  verb: 'shut-down',
  label: 'Shut down',
  gesture: 'confirm',
  variant: 'danger',
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

const EDGE_STAGES: Readonly<Record<UpstreamPhase, { name: string; phase: DropPhase }>> = {
  asking: { name: 'Edge: connecting', phase: 'idle' },
  waiting: { name: 'Edge: waiting', phase: 'idle' },
  live: { name: 'Edge: on air', phase: 'live' },
  away: { name: 'Edge: cut off', phase: 'fault' },
};

/** The box's phase in words, and the drop phase whose colours it has. An edge has no drops of its own. */
export function stageOf({ drop, media }: Pick<BoxSnapshot, 'drop' | 'media'>): {
  readonly name: string;
  readonly phase: DropPhase;
} {
  if (media?.edge !== undefined) return EDGE_STAGES[media.edge.upstream.phase];
  return { name: PHASE_NAMES[drop.phase], phase: drop.phase };
}
