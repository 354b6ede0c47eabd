/** Networks that the box makes on one interface, for guests and for the crew, by NetworkManager. */
import type { Clock } from '../os/clock.ts';
import { HalError } from '../os/errors.ts';
import { activate, untilActive } from './activation.ts';
import { type Device, type NmObjects, ROOT } from './nm-objects.ts';
import type { SharedRole, SharedSettings } from './port.ts';
import { SHARED_UUIDS, sharedProfile } from './profiles.ts';

/** NMDeviceType, NMDeviceState. */
const ETHERNET = 1;
const WIFI = 2;
const UNAVAILABLE = 20;
const OPEN_MS = 30_000;

/** Those that carry one. */
export async function sharedDevices(
  nm: NmObjects,
  devices: readonly Device[],
): Promise<ReadonlyMap<Device, SharedRole>> {
  const found = new Map<Device, SharedRole>();
  for (const device of devices) {
    const uuid = (await nm.activeOf(device))?.['Uuid'];
    for (const [role, own] of Object.entries(SHARED_UUIDS)) {
      if (uuid === own) found.set(device, role as SharedRole);
    }
  }
  return found;
}

export async function openShared(
  nm: NmObjects,
  settings: SharedSettings,
  clock: Clock,
): Promise<void> {
  const { device: name, role } = settings;
  const device = (await nm.devices()).find(({ Interface }) => Interface === name);
  if (device === undefined) throw new HalError('NOT_FOUND', `${name} is not on this machine`);
  const type = device['DeviceType'];
  if (type !== ETHERNET && type !== WIFI) {
    throw new HalError('UNSUPPORTED', `${name} is neither a Wi-Fi card nor an Ethernet port`);
  }
  if (type === ETHERNET && Number(device['State'] ?? 0) <= UNAVAILABLE) {
    throw new HalError('GONE', `${name} has no cable`);
  }
  const profile = sharedProfile(settings, type === WIFI);
  const active = await activate(nm, device, profile, 'volatile');
  await untilActive(nm, active, `the network for the ${role}`, { clock, timeoutMs: OPEN_MS });
}

export async function closeShared(nm: NmObjects, role: SharedRole): Promise<void> {
  for (const [device, is] of await sharedDevices(nm, await nm.devices())) {
    if (is !== role) continue;
    await nm.call(ROOT, '', 'DeactivateConnection', 'o', [device['ActiveConnection']]);
  }
}
