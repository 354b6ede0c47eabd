/** The commands that the page offers in each phase. Pure. */
import type { UpstreamState } from '../../../../pipelines/edge/state.ts';
import type { Verb } from '../../../model/commands.ts';
import type { BoxSnapshot, DropPhase } from '../../../model/snapshot.ts';
import { stageTexts as text } from '../text/texts.ts';

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
  label: text.arm,
  hint: text.armHint,
  gesture: 'press',
  variant: 'plain',
};
const DISARM: Action = {
  verb: 'disarm',
  label: text.disarm,
  hint: text.disarmHint,
  gesture: 'press',
  variant: 'plain',
};
const GO: Action = {
  verb: 'go-live',
  label: text.goLive,
  hint: text.hold,
  gesture: 'hold',
  variant: 'main',
};
const END: Action = {
  verb: 'end',
  label: text.end,
  hint: text.hold,
  gesture: 'hold',
  variant: 'danger',
};
const MARK: Action = {
  verb: 'mark',
  label: text.mark,
  hint: text.markHint,
  gesture: 'press',
  variant: 'main',
};
const CHECK: Action = {
  verb: 'preflight',
  label: text.runChecks,
  gesture: 'press',
  variant: 'plain',
};

const SWITCH_CAMERA: Action = {
  verb: 'camera',
  label: text.otherCamera,
  gesture: 'press',
  variant: 'plain',
};

/** Although a check has failed. */
const ANYWAY: Action = {
  ...GO,
  label: text.goLiveAnyway,
  variant: 'danger',
  args: { force: true },
};

const ACTIONS: Readonly<Record<DropPhase, readonly Action[]>> = {
  idle: [{ ...ARM, variant: 'main' }, GO, CHECK],
  preflight: [GO, { ...DISARM, label: text.cancel }],
  armed: [GO, DISARM, CHECK],
  live: [MARK, END, CHECK],
  ending: [],
  fault: [
    { ...ARM, label: text.tryAgain, variant: 'main' },
    ANYWAY,
    { ...DISARM, label: text.backToIdle },
  ],
};

/** @param hasSecondCamera There are two, and one can be put on air in place of the other. */
export function actionsOf(phase: DropPhase, hasSecondCamera = false): readonly Action[] {
  const isShooting = phase === 'armed' || phase === 'live';
  return hasSecondCamera && isShooting ? [...ACTIONS[phase], SWITCH_CAMERA] : ACTIONS[phase];
}

export const SHUT_DOWN: Action = {
  verb: 'shut-down',
  label: text.shutDown,
  gesture: 'confirm',
  variant: 'danger',
};

const PHASE_NAMES: Readonly<Record<DropPhase, string>> = {
  idle: text.idle,
  preflight: text.runningChecks,
  armed: text.armed,
  live: text.onAir,
  ending: text.ending,
  fault: text.fault,
};

type UpstreamPhase = UpstreamState['phase'];

const EDGE_STAGES: Readonly<Record<UpstreamPhase, { name: string; phase: DropPhase }>> = {
  asking: { name: text.edgeConnecting, phase: 'idle' },
  waiting: { name: text.edgeWaiting, phase: 'idle' },
  live: { name: text.edgeOnAir, phase: 'live' },
  away: { name: text.edgeCutOff, phase: 'fault' },
};

/** The box's phase in words, and the drop phase whose colours it has. An edge has no drops of its own. */
export function stageOf({ drop, media }: Pick<BoxSnapshot, 'drop' | 'media'>): {
  readonly name: string;
  readonly phase: DropPhase;
} {
  if (media?.edge !== undefined) return EDGE_STAGES[media.edge.upstream.phase];
  return { name: PHASE_NAMES[drop.phase], phase: drop.phase };
}
