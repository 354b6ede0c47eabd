/** Activates a connection of NetworkManager, and waits until it is up. */
import { pause, withTimeout } from '../os/async.ts';
import type { Clock } from '../os/clock.ts';
import { variant } from '../os/dbus.ts';
import { HalError } from '../os/errors.ts';
import { type Device, type NmObjects, ROOT } from './nm-objects.ts';

/** NMActiveConnectionState. */
const ACTIVE = 2;
const DEACTIVATED = 4;
const POLL_MS = 500;

/**
 * @param persist `volatile`: it goes with its end, and with NetworkManager's.
 * @returns the active connection.
 */
export async function activate(
  nm: NmObjects,
  card: Device,
  profile: object,
  persist: 'disk' | 'volatile',
): Promise<string> {
  const options = { persist: variant('s', persist) };
  const body = [profile, card.path, '/', options];
  const member = 'AddAndActivateConnection2';
  return String((await nm.call(ROOT, '', member, 'a{sa{sv}}ooa{sv}', body))[1]);
}

export async function untilActive(
  nm: NmObjects,
  active: string,
  what: string,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<void> {
  const failed = (cause?: unknown) => new HalError('IO', `${what}: not connected`, { cause });
  const look = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      // NetworkManager removes it once it has failed.
      const all = await nm.properties(active, '.Connection.Active').catch((cause) => {
        nm.signal.throwIfAborted();
        throw failed(cause);
      });
      if (all['State'] === ACTIVE) return;
      if (Number(all['State']) >= DEACTIVATED) throw failed();
      await pause(clock, POLL_MS, signal);
    }
  };
  const timeoutError = () => new HalError('TIMEOUT', `${what}: not connected in time`);
  await withTimeout(look, { clock, timeoutMs, timeoutError, signal: nm.signal });
}
