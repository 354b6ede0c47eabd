/** Resets and other actions on a modem, by ModemManager. */

import type { Dbus } from '../os/dbus.ts';
import { HalError } from '../os/errors.ts';
import { modemObjects } from './mm-read.ts';
import { MM, modemStateOf } from './mm-state.ts';
import { checkPin, type ModemAction } from './port.ts';

/** A reset or an enabling may take the modem this long. */
const ACTION_TIMEOUT_MS = 60_000;

/** Rejects with `HalError`, as {@link Modems.act} does. */
export async function act(
  bus: Dbus,
  id: string,
  action: ModemAction,
  signal: AbortSignal,
): Promise<void> {
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
      await enable(true);
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

/** Rejects with `HalError`, as {@link Modems.sendPin} does. */
export async function sendPin(
  bus: Dbus,
  id: string,
  pin: string,
  signal: AbortSignal,
): Promise<void> {
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
    if (isForbidden(error)) {
      throw new HalError('NOT_PERMITTED', `modem ${id}: polkit forbids it`, { cause: error });
    }
    throw new HalError('BAD_REPLY', `modem ${id}: the SIM refused the PIN`, { cause: error });
  }
}

/** Polkit's "no", which never reaches the SIM. */
function isForbidden({ cause }: HalError): boolean {
  const type = cause instanceof Error && 'type' in cause ? String(cause.type) : '';
  return /\.(Unauthorized|AccessDenied)$/.test(type);
}

async function findModem(bus: Dbus, id: string, signal: AbortSignal) {
  for (const [path, interfaces] of await modemObjects(bus, signal)) {
    if (modemStateOf(path, interfaces, []).id === id) return { path, interfaces };
  }
  throw new HalError('NOT_FOUND', `modem ${id}: ModemManager does not know it`);
}
