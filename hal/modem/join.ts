/** Joins several drivers of modems into one. */

import { anySignal, Condition } from '../os/async.ts';
import { HalError } from '../os/errors.ts';
import type { ModemState, Modems, ModemsState } from './port.ts';

/** Several drivers, such as serial ports of one modem each, as one. */
export function joinModems(all: readonly Modems[]): Modems {
  const states: (ModemsState | undefined)[] = all.map(() => undefined);
  const ofModem = (id: string): Modems => {
    const at = states.findIndex((state) => modemsOf(state).some((modem) => modem.id === id));
    const found = all[at];
    if (found === undefined) throw new HalError('NOT_FOUND', `modem ${id}: no port has it now`);
    return found;
  };
  return {
    driver: all.map(({ driver }) => driver).join(', '),
    canPower: false,
    changes: (signal) => changes(all, states, signal),
    act: async (id, action, signal) => ofModem(id).act(id, action, signal),
    sendPin: async (id, pin, signal) => ofModem(id).sendPin(id, pin, signal),
  };
}

/**
 * One state of many: known as soon as one of them knows its modems, with what is
 * away beside them; those that have reported nothing yet are not waited for.
 */
export function joinStates(states: readonly (ModemsState | undefined)[]): ModemsState {
  const reasons = states.flatMap((state) => (state?.phase === 'away' ? [state.reason] : []));
  if (!states.some((state) => state?.phase === 'known')) {
    return reasons.length === 0
      ? { phase: 'absent' }
      : { phase: 'away', reason: reasons.join('; ') };
  }
  const modems = states.flatMap(modemsOf);
  return { phase: 'known', modems, ...(reasons.length === 0 ? {} : { away: reasons }) };
}

function modemsOf(state: ModemsState | undefined): readonly ModemState[] {
  return state?.phase === 'known' ? state.modems : [];
}

async function* changes(
  all: readonly Modems[],
  states: (ModemsState | undefined)[],
  signal: AbortSignal,
): AsyncGenerator<ModemsState> {
  const stop = new AbortController();
  using ends = anySignal(signal, stop.signal);
  let isNew = false;
  const changed = new Condition();
  const readers = all.map(async (modems, at) => {
    for await (const state of modems.changes(ends.signal)) {
      states[at] = state;
      isNew = true;
      changed.notifyAll();
    }
  });
  try {
    while (!signal.aborted) {
      if (isNew) {
        isNew = false;
        yield joinStates(states);
      } else {
        await changed.wait(signal);
      }
    }
  } finally {
    stop.abort();
    await Promise.all(readers);
  }
}
