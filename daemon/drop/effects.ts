/** Carries out what a step of the drop asks of the rest of the box. */
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import type { BoxEvent } from '../model/commands.ts';
import type { DropEvent, Effect } from './state.ts';

/** What the machine asks of the rest of the box. Failures are reported and end nothing. */
export interface DropEffects {
  /** Camera and encoder run from the checks to the end of the drop. */
  setCapturing(isWanted: boolean): void;
  /** Recordings and uplink begin; viewers see it. */
  beginDrop(dropId: string, isResumed: boolean): Promise<void>;
  /** Resolves when what was recorded is closed. */
  endDrop(dropId: string): Promise<void>;
  /** Resolves with what is known of the clip to come. */
  mark(mark: Extract<Effect, { kind: 'mark' }>): Promise<unknown>;
  /** Asks for the power-off of the machine, which then ends this process. */
  powerOff(): Promise<void>;
}

export type Performed =
  | { readonly kind: Effect['kind']; readonly result: unknown }
  | { readonly kind: Effect['kind']; readonly failure: string };

export interface EffectRunnerDeps extends ClockAndLog {
  readonly effects: DropEffects;
  /** What came of an effect goes back to the machine. */
  readonly apply: (event: DropEvent) => unknown;
  readonly onPowerOffFault: (reason: string) => void;
  readonly onEvent: (event: BoxEvent) => void;
}

export interface EffectRunner {
  /** Never rejects. */
  perform(effect: Effect): Promise<Performed>;
  /** Resolves when the last power-off was requested: why it failed, or undefined. */
  poweredOff(): Promise<string | undefined>;
  /** The next failure is a new one, to be reported again. */
  forgetPowerOffFault(): void;
}

export function openEffects(deps: EffectRunnerDeps): EffectRunner {
  const { apply, log } = deps;
  let poweredOff: Promise<string | undefined> = Promise.resolve(undefined);
  let lastFault: string | undefined;
  const powerOff = async (): Promise<unknown> => {
    poweredOff = requestPowerOff(deps, lastFault);
    const fault = await poweredOff;
    if (fault === undefined) return undefined;
    lastFault = fault;
    throw new Error(fault);
  };
  const perform = async (effect: Effect): Promise<Performed> => {
    const { kind } = effect;
    try {
      const result = await (kind === 'power-off' ? powerOff() : carryOut(effect, deps));
      if (kind === 'end-drop') apply({ kind: 'ended' });
      return { kind, result };
    } catch (error) {
      const failure = messageOf(error);
      log.error('drop action failed', { action: kind, reason: failure });
      if (kind === 'begin-drop') apply({ kind: 'begin-failed', reason: failure });
      if (kind === 'end-drop') apply({ kind: 'ended', reason: failure });
      return { kind, failure };
    }
  };
  return {
    perform,
    poweredOff: () => poweredOff,
    forgetPowerOffFault: () => {
      lastFault = undefined;
    },
  };
}

/** @param lastFault It is requested again and again while the battery wants it: reported once. */
async function requestPowerOff(
  { effects, onEvent, onPowerOffFault, clock }: EffectRunnerDeps,
  lastFault: string | undefined,
): Promise<string | undefined> {
  try {
    await effects.powerOff();
    return undefined;
  } catch (error) {
    const reason = messageOf(error);
    if (reason !== lastFault) {
      const atMs = clock.wallMs();
      onEvent({ type: 'machine.power-off-failed', severity: 'critical', atMs, data: { reason } });
    }
    onPowerOffFault(reason);
    return reason;
  }
}

async function carryOut(
  effect: Exclude<Effect, { kind: 'power-off' }>,
  { effects, onEvent }: EffectRunnerDeps,
): Promise<unknown> {
  switch (effect.kind) {
    case 'capture':
      return effects.setCapturing(effect.isWanted);
    case 'begin-drop':
      return effects.beginDrop(effect.dropId, effect.isResumed);
    case 'end-drop':
      return effects.endDrop(effect.dropId);
    case 'mark':
      return effects.mark(effect);
    case 'event':
      return onEvent(effect.event);
  }
}
