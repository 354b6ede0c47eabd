/** The driver for modems by ModemManager. */

import { anySignal, pause } from '../os/async.ts';
import type { Clock } from '../os/clock.ts';
import { type Dbus, openDbus } from '../os/dbus.ts';
import { HalError } from '../os/errors.ts';
import { type Log, messageOf } from '../os/log.ts';
import { act, sendPin } from './mm-act.ts';
import { readModems } from './mm-read.ts';
import { MM } from './mm-state.ts';
import type { ModemState, Modems, ModemsState } from './port.ts';

const RETRY_MS = 1000;
/** Signals report changes; this catches what they do not, such as byte counters. */
const POLL_MS = 5000;
/** Many signals come together when a modem registers. */
const SETTLE_MS = 100;

export interface ModemsOs {
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Modems by ModemManager. Survives its restart and that of the bus: either is a
 * state with its reason, and everything is read again when it is back.
 *
 * @param address Of another bus than the system's, for tests.
 */
export function openModemManager(os: ModemsOs, address?: string): Modems {
  const withBus = async <T>(work: (bus: Dbus) => Promise<T>, signal: AbortSignal): Promise<T> => {
    await using bus = await openDbus(os.clock, signal, address);
    return await work(bus);
  };
  return {
    driver: 'ModemManager',
    canPower: false,
    changes: (signal) => changes(os, address, signal),
    act: (id, action, signal) => withBus((bus) => act(bus, id, action, signal), signal),
    sendPin: (id, pin, signal) => withBus((bus) => sendPin(bus, id, pin, signal), signal),
  };
}

async function* changes(
  { clock, log }: ModemsOs,
  address: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<ModemsState> {
  let reported = '';
  while (!signal.aborted) {
    let state: ModemsState;
    try {
      await using bus = await openDbus(clock, signal, address);
      for await (const modems of follow(bus, clock, signal)) {
        const text = JSON.stringify(modems);
        if (text !== reported) yield { phase: 'known', modems };
        reported = text;
      }
      return;
    } catch (error) {
      if (signal.aborted) return;
      state = { phase: 'away', reason: messageOf(error) };
    }
    if (JSON.stringify(state) !== reported) {
      log.warn('modems away', { reason: state.reason });
      yield state;
    }
    reported = JSON.stringify(state);
    await pause(clock, RETRY_MS, signal);
  }
}

/** Snapshots over one connection; throws when the bus or ModemManager is away. */
async function* follow(
  bus: Dbus,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<readonly ModemState[]> {
  let changed = new AbortController();
  // The bus starts the next ModemManager for our own call and answers only when that
  // one is up, seconds later: the death of this one is reported before.
  const died = new AbortController();
  const onSignal = (isOwned: boolean) =>
    isOwned ? changed.abort() : died.abort(new HalError('GONE', 'ModemManager has ended'));
  await bus.watch(MM, onSignal, signal);
  const asked = new Set<string>();
  using ends = anySignal(signal, bus.lost, died.signal);
  const alive = ends.signal;
  while (!signal.aborted) {
    changed = new AbortController();
    yield await readModems(bus, asked, alive);
    using either = anySignal(alive, changed.signal);
    await pause(clock, POLL_MS, either.signal);
    await pause(clock, SETTLE_MS, alive);
    bus.lost.throwIfAborted();
    died.signal.throwIfAborted();
  }
}
