/** Reads network devices from NetworkManager. */

import type { Dbus } from '../os/dbus.ts';
import { HalError } from '../os/errors.ts';

/** NetworkManager's devices: which interface has which address, and how far it is. */
export const NM = 'org.freedesktop.NetworkManager';

type NmDeviceState = 'unmanaged' | 'away' | 'off' | 'connecting' | 'connected' | 'failed';

export interface NmDevice {
  readonly interfaceName: string;
  readonly kind: 'ethernet' | 'wifi' | 'modem' | 'other';
  readonly state: NmDeviceState;
}

/** Properties of `org.freedesktop.NetworkManager.Device`, or undefined without an interface. */
export function nmDeviceOf(properties: unknown): NmDevice | undefined {
  if (typeof properties !== 'object' || properties === null) return undefined;
  const { Interface, IpInterface, DeviceType, State } = properties as Record<string, unknown>;
  const name = [IpInterface, Interface].find((one) => typeof one === 'string' && one !== '');
  if (typeof name !== 'string') return undefined;
  return { interfaceName: name, kind: kindOf(DeviceType), state: stateOf(State) };
}

/** NMDeviceType. */
function kindOf(type: unknown): NmDevice['kind'] {
  if (type === 1) return 'ethernet';
  if (type === 2) return 'wifi';
  return type === 8 ? 'modem' : 'other';
}

/** NMDeviceState: tens. */
function stateOf(state: unknown): NmDeviceState {
  if (typeof state !== 'number' || state < 20) return 'unmanaged';
  if (state < 30) return 'away';
  if (state < 40) return 'off';
  if (state < 100) return 'connecting';
  return state === 100 ? 'connected' : state === 120 ? 'failed' : 'off';
}

/** All devices. Rejects with `HalError` NOT_FOUND where NetworkManager does not run. */
export async function readNmDevices(bus: Dbus, signal: AbortSignal): Promise<NmDevice[]> {
  const manager = { destination: NM, path: '/org/freedesktop/NetworkManager', interface: NM };
  const [paths] = await bus.call({ ...manager, member: 'GetDevices' }, signal);
  if (!Array.isArray(paths)) throw new HalError('BAD_REPLY', 'NetworkManager: GetDevices');
  const devices = await Promise.allSettled(
    paths.map(async (path) => {
      const [properties] = await bus.call(
        {
          destination: NM,
          path: String(path),
          interface: 'org.freedesktop.DBus.Properties',
          member: 'GetAll',
          signature: 's',
          body: [`${NM}.Device`],
        },
        signal,
      );
      return nmDeviceOf(properties);
    }),
  );
  signal.throwIfAborted();
  // A device may go between the two calls.
  return devices.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
}
