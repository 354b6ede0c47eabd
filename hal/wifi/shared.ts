/** Networks that the box makes on one interface, for guests and for the crew, by NetworkManager. */
import type { Clock } from '../os/clock.ts';
import { HalError } from '../os/errors.ts';
import { quietChannel, ssidOf } from './access-points.ts';
import { deactivate, openOwn } from './activation.ts';
import { type Device, isEthernet, type NmObjects, type Properties } from './nm-objects.ts';
import type { SharedRole, SharedSettings } from './port.ts';
import { SHARED_UUIDS, sharedProfile } from './profiles.ts';
import { ownProfile } from './saved.ts';

/** NMDeviceType, NMDeviceState. */
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
  const isPort = isEthernet(device);
  if (!isPort && type !== WIFI) {
    throw new HalError('UNSUPPORTED', `${name} is neither a Wi-Fi card nor an Ethernet port`);
  }
  if (isPort && Number(device['State'] ?? 0) <= UNAVAILABLE) {
    throw new HalError('GONE', `${name} has no cable`);
  }
  const channel = isPort ? undefined : quietChannel(await nm.accessPoints(device));
  const profile = sharedProfile(settings, channel);
  const what = `the network for the ${role}`;
  const own = { uuid: SHARED_UUIDS[role], profile, what };
  await openOwn(nm, device, own, { clock, timeoutMs: OPEN_MS });
}

export async function isShared(
  nm: NmObjects,
  { role, ssid, password }: SharedSettings,
): Promise<boolean> {
  const path = await ownProfile(nm, SHARED_UUIDS[role]);
  if (path === undefined) return false;
  const group = '802-11-wireless-security';
  const read = async (member: string, signature = '', body: readonly string[] = []) => {
    const [all] = await nm.call(path, '.Settings.Connection', member, signature, body);
    return (all ?? {}) as Readonly<Record<string, Properties>>;
  };
  const { '802-11-wireless': wifi, [group]: security } = await read('GetSettings');
  // That of a port has nothing more.
  if (wifi === undefined) return true;
  if (ssidOf(wifi['ssid']) !== ssid) return false;
  if (security === undefined || password === '') return security === undefined && password === '';
  return (await read('GetSecrets', 's', [group]))[group]?.['psk'] === password;
}

export async function closeShared(nm: NmObjects, role: SharedRole, clock: Clock): Promise<void> {
  for (const [device, is] of await sharedDevices(nm, await nm.devices())) {
    if (is !== role) continue;
    await deactivate(nm, device['ActiveConnection'], clock);
  }
}
