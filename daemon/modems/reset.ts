/** Resets modems that do not come back by themselves. */
import type { ModemAction, ModemState, Modems, ModemsState } from '../../hal/modem/port.ts';
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import type { WantedLink } from '../../pipelines/uplink/links.ts';
import type { BoxEvent } from '../model/commands.ts';
import type { BoxSnapshot, ModemMaintenance } from '../model/snapshot.ts';
import { linkUseOf, plannedLinkOf } from './link-state.ts';
import {
  type DueAction,
  modemKeyOf,
  type ResetAttempts,
  type Seen,
  stepResetAttempts,
} from './reset-attempts.ts';

/** Modems that were only just plugged in, or a box that was, need a minute to register. */
const START_GRACE_MS = 120_000;

export interface ResetDeps extends ClockAndLog {
  readonly modems: Pick<Modems, 'act' | 'canPower'>;
  /** Links of the config. */
  readonly planned: readonly WantedLink[];
  /** The box talks to each modem itself, so that one that does not answer is missing or hangs. */
  readonly isDirect: boolean;
  readonly onEvent: (event: BoxEvent) => void;
}

type Resets = ReadonlyMap<string, NonNullable<ModemMaintenance['reset']>>;

export interface Resetter {
  /** Acts where that is due; by modem, what was last done for those that are lost. */
  poll(box: ResetBox, signal: AbortSignal): Promise<Resets>;
}

type ResetBox = Pick<BoxSnapshot, 'modems' | 'uplink' | 'children' | 'system'>;

export function openResetter(deps: ResetDeps): Resetter {
  const { modems, onEvent, clock, log } = deps;
  const startedMs = clock.monotonicMs();
  let attempts: ResetAttempts = new Map();
  const last = new Map<string, { readonly action: ModemAction; readonly reason: string }>();

  const act = async ({ modem, action, reason }: DueAction, signal: AbortSignal) => {
    const { id, model } = modem;
    last.set(modemKeyOf(modem), { action, reason });
    log.warn('modem reset', { modem: id, action, reason });
    const failure = await modems.act(id, action, signal).then(
      () => undefined,
      (error: unknown) => messageOf(error),
    );
    if (signal.aborted) return;
    if (failure !== undefined)
      log.warn('modem reset failed', { modem: id, action, reason: failure });
    onEvent({
      type: 'modem.reset',
      severity: 'warning',
      atMs: clock.wallMs(),
      data: { modem: id, model, action, reason, ...(failure === undefined ? {} : { failure }) },
    });
  };
  return {
    poll: async (box, signal) => {
      const nowMs = clock.monotonicMs();
      const seen = nowMs - startedMs < START_GRACE_MS ? undefined : seenOf(box, deps);
      const step = stepResetAttempts(attempts, seen, modems.canPower, nowMs);
      attempts = step.attempts;
      for (const due of step.due) await act(due, signal);
      const isLost = (key: string) => (attempts.get(key)?.reset.step ?? 0) > 0;
      for (const key of [...last.keys()]) if (!isLost(key)) last.delete(key);
      return last;
    },
  };
}

function seenOf(box: ResetBox, { planned, isDirect }: ResetDeps): readonly Seen[] | undefined {
  return modemsOf(box.modems, isDirect)?.map((known) => {
    const modem = isDirect ? asDialled(known, box) : known;
    const link = plannedLinkOf(modem, planned, box.uplink);
    return { modem, isWanted: link?.isEnabled, linkUse: linkUseOf(link, box) };
  });
}

/** Undefined where it is not known whether they are there. */
function modemsOf(state: ModemsState, isDirect: boolean) {
  if (state.phase === 'known') return state.modems;
  return state.phase === 'away' && isDirect ? [] : undefined;
}

/** Such an address an interface gives itself. */
const LINK_LOCAL = /^(fe80:|169\.254\.)/i;

/** A serial port does not show that another program has dialled; the interface's address does. */
function asDialled(modem: ModemState, { system }: ResetBox): ModemState {
  const isUp = (system?.interfaces ?? []).some(
    ({ name, addresses }) =>
      name === modem.interfaceName && addresses.some((one) => !LINK_LOCAL.test(one)),
  );
  return modem.registration === 'registered' && isUp
    ? { ...modem, registration: 'connected' }
    : modem;
}
