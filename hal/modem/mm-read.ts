/** Reads modems and SIM cards from ModemManager. */

import type { Dbus } from '../os/dbus.ts';
import { countersOf } from './counters.ts';
import {
  type Interfaces,
  MM,
  modemStateOf,
  type Properties,
  parseManagedObjects,
} from './mm-state.ts';
import type { ModemState } from './port.ts';

const ROOT = '/org/freedesktop/ModemManager1';
const SIGNAL_RATE_S = 5;

/**
 * All modems that ModemManager knows, as they are now. Rejects with `HalError` as
 * {@link Dbus.call} does; what a modem alone refuses is left out of its state.
 *
 * @param asked Modems that were asked to measure; kept by the caller from one reading to the next.
 */
export async function readModems(
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

/** ModemManager's objects by their paths. */
export async function modemObjects(
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

/** Once a modem is enabled it is asked to measure; before that it refuses. */
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
