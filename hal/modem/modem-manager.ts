import { readFile } from 'node:fs/promises';
import { HalError } from '../errors.ts';
import { type Clock, isAbort } from '../os/clock.ts';
import { type Dbus, openDbus } from '../os/dbus.ts';
import { either } from '../os/either.ts';
import { type Log, messageOf } from '../os/log.ts';
import {
  type Interfaces,
  MM,
  modemStateOf,
  type Properties,
  parseManagedObjects,
} from './mm-state.ts';
import {
  checkPin,
  type ModemAction,
  type ModemState,
  type Modems,
  type ModemsState,
} from './port.ts';

const ROOT = '/org/freedesktop/ModemManager1';
const RETRY_MS = 1000;
/** Signals tell of changes; this catches what they do not, such as byte counters. */
const POLL_MS = 5000;
/** Many signals come together when a modem registers. */
const SETTLE_MS = 100;
const SIGNAL_RATE_S = 5;
/** A reset or an enabling may take the modem this long. */
const ACTION_TIMEOUT_MS = 60_000;

export interface ModemsOs {
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Modems by ModemManager. Survives its restart and that of the bus: either is a
 * state with its reason, and everything is asked afresh when it is back.
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
  let told = '';
  while (!signal.aborted) {
    let state: ModemsState;
    try {
      await using bus = await openDbus(clock, signal, address);
      for await (const modems of follow(bus, clock, signal)) {
        const text = JSON.stringify(modems);
        if (text !== told) yield { phase: 'known', modems };
        told = text;
      }
      return;
    } catch (error) {
      if (signal.aborted) return;
      state = { phase: 'away', reason: messageOf(error) };
    }
    if (JSON.stringify(state) !== told) {
      log.warn('modems away', { reason: state.reason });
      yield state;
    }
    told = JSON.stringify(state);
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
  // one is up, seconds later: the death of this one is told before.
  const died = new AbortController();
  const onSignal = (isOwned: boolean) =>
    isOwned ? changed.abort() : died.abort(new HalError('GONE', 'ModemManager has ended'));
  await bus.watch(MM, onSignal, signal);
  const asked = new Set<string>();
  using ends = either(signal, bus.lost, died.signal);
  const alive = ends.signal;
  while (!signal.aborted) {
    changed = new AbortController();
    yield await snapshot(bus, asked, alive);
    using news = either(alive, changed.signal);
    await pause(clock, POLL_MS, news.signal);
    await pause(clock, SETTLE_MS, alive);
    bus.lost.throwIfAborted();
    died.signal.throwIfAborted();
  }
}

async function snapshot(
  bus: Dbus,
  asked: Set<string>,
  signal: AbortSignal,
): Promise<readonly ModemState[]> {
  const objects = await modemObjects(bus, signal);
  return Promise.all(
    [...objects].map(async ([path, interfaces]) => {
      await askForSignal(bus, path, interfaces, asked, signal);
      const bearers = await bearersOf(bus, interfaces, signal);
      const state = modemStateOf(path, interfaces, bearers);
      return { ...state, ...(await countersOf(state.interfaceName)) };
    }),
  );
}

async function modemObjects(
  bus: Dbus,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Interfaces>> {
  const [objects] = await bus.call(
    {
      destination: MM,
      path: ROOT,
      interface: 'org.freedesktop.DBus.ObjectManager',
      member: 'GetManagedObjects',
    },
    signal,
  );
  return parseManagedObjects(objects);
}

/** Once a modem is enabled it is told to measure; before that it refuses. */
async function askForSignal(
  bus: Dbus,
  path: string,
  interfaces: Interfaces,
  asked: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  const state = interfaces[`${MM}.Modem`]?.State;
  const isEnabled = typeof state === 'number' && state >= 6;
  if (!isEnabled) asked.delete(path);
  if (!isEnabled || asked.has(path) || interfaces[`${MM}.Modem.Signal`] === undefined) return;
  asked.add(path);
  const setup = { destination: MM, path, interface: `${MM}.Modem.Signal`, member: 'Setup' };
  // A modem that cannot measure is still a modem.
  await bus
    .call({ ...setup, signature: 'u', body: [SIGNAL_RATE_S] }, signal)
    .catch(() => undefined);
}

async function bearersOf(
  bus: Dbus,
  interfaces: Interfaces,
  signal: AbortSignal,
): Promise<Properties[]> {
  const paths = interfaces[`${MM}.Modem`]?.Bearers;
  if (!Array.isArray(paths)) return [];
  const all = paths.map(async (path) => {
    const [properties] = await bus.call(
      {
        destination: MM,
        path: String(path),
        interface: 'org.freedesktop.DBus.Properties',
        member: 'GetAll',
        signature: 's',
        body: [`${MM}.Bearer`],
      },
      signal,
    );
    return properties as Properties;
  });
  // A bearer may go between the two calls.
  const settled = await Promise.allSettled(all);
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

async function countersOf(name: string | undefined): Promise<Partial<ModemState>> {
  if (name === undefined || !/^[\w.-]+$/.test(name)) return {};
  const read = async (file: string) =>
    Number(await readFile(`/sys/class/net/${name}/statistics/${file}`, 'utf8'));
  try {
    return { rxBytesTotal: await read('rx_bytes'), txBytesTotal: await read('tx_bytes') };
  } catch {
    return {};
  }
}

async function act(bus: Dbus, id: string, action: ModemAction, signal: AbortSignal): Promise<void> {
  const { path } = await findModem(bus, id, signal);
  const modem = { destination: MM, path, interface: `${MM}.Modem` };
  const enable = (isOn: boolean) =>
    bus.call(
      { ...modem, member: 'Enable', signature: 'b', body: [isOn] },
      signal,
      ACTION_TIMEOUT_MS,
    );
  switch (action) {
    case 'enable':
    case 'disable':
      await enable(action === 'enable');
      return;
    case 'reconnect':
      await enable(false);
      await enable(true);
      return;
    case 'reset':
      await bus.call({ ...modem, member: 'Reset' }, signal, ACTION_TIMEOUT_MS);
      return;
    case 'power':
      throw new HalError('UNSUPPORTED', `modem ${id}: its supply cannot be switched`);
  }
}

async function sendPin(bus: Dbus, id: string, pin: string, signal: AbortSignal): Promise<void> {
  const { interfaces } = await findModem(bus, id, signal);
  const path = interfaces[`${MM}.Modem`]?.Sim;
  if (typeof path !== 'string' || path === '/') {
    throw new HalError('NOT_FOUND', `modem ${id}: it has no SIM`);
  }
  const sim = { destination: MM, path, interface: `${MM}.Sim`, member: 'SendPin' };
  try {
    const call = { ...sim, signature: 's', body: [checkPin(pin)] };
    await bus.call(call, signal, ACTION_TIMEOUT_MS);
  } catch (error) {
    // IO is ModemManager's own "no"; a silent one may still have taken it.
    if (!(error instanceof HalError) || error.code !== 'IO') throw error;
    throw new HalError('BAD_REPLY', `modem ${id}: the SIM refused the PIN`, { cause: error });
  }
}

async function findModem(bus: Dbus, id: string, signal: AbortSignal) {
  for (const [path, interfaces] of await modemObjects(bus, signal)) {
    if (modemStateOf(path, interfaces, []).id === id) return { path, interfaces };
  }
  throw new HalError('NOT_FOUND', `modem ${id}: ModemManager does not know it`);
}

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!isAbort(error, signal)) throw error;
  }
}
