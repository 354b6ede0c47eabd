/** Connections as NetworkManager takes them: dictionaries of settings. */
import { variant } from '../os/dbus.ts';
import type { HotspotSettings, SharedSettings, WifiLogin } from './port.ts';

/** The same each time: the next start of the program finds its hotspot by it. */
export const HOTSPOT_UUID = '6f1d6c0a-7a54-4d0e-9f6f-9c1f4f1d2b10';

const text = (value: string) => variant('s', value);
const bytes = (value: string) => variant('ay', Buffer.from(value));
const PREFIX_BITS = 24;

/** Of the networks for guests and crew, found again in the same way. */
export const SHARED_UUIDS = {
  guests: '6f1d6c0a-7a54-4d0e-9f6f-9c1f4f1d2b11',
  crew: '6f1d6c0a-7a54-4d0e-9f6f-9c1f4f1d2b12',
} as const;

export function hotspotProfile({ ssid, password, address }: HotspotSettings, channel: number) {
  return {
    connection: connectionOf('venuebox hotspot', HOTSPOT_UUID, '802-11-wireless'),
    ...accessPoint(ssid, password, channel),
    ...sharedAddress(address),
  };
}

/** @param channel Of a Wi-Fi card; left out: an Ethernet port. */
export function sharedProfile(settings: SharedSettings, channel?: number) {
  const { role, address, ssid, password } = settings;
  const type = channel === undefined ? '802-3-ethernet' : '802-11-wireless';
  return {
    connection: connectionOf(`venuebox ${role}`, SHARED_UUIDS[role], type),
    ...(channel === undefined ? {} : accessPoint(ssid, password, channel)),
    ...sharedAddress(address),
  };
}

function connectionOf(id: string, uuid: string, type: string) {
  const autoconnect = variant('b', false);
  return { id: text(id), uuid: text(uuid), type: text(type), autoconnect };
}

function accessPoint(ssid: string, password: string, channel: number) {
  const security = {
    'key-mgmt': text('wpa-psk'),
    psk: text(password),
    proto: variant('as', ['rsn']),
    pairwise: variant('as', ['ccmp']),
    group: variant('as', ['ccmp']),
  };
  return {
    '802-11-wireless': {
      ssid: bytes(ssid),
      mode: text('ap'),
      // 2.4 GHz: what every phone has, and no card must look out for radar on.
      band: text('bg'),
      channel: variant('u', channel),
      // Clients reach the box and not each other.
      'ap-isolation': variant('i', 1),
    },
    ...(password === '' ? {} : { '802-11-wireless-security': security }),
  };
}

/** `ipv4.method` shared: NetworkManager gives out addresses and answers names, by dnsmasq. */
function sharedAddress(address: string) {
  return {
    ipv4: {
      method: text('shared'),
      'address-data': variant('aa{sv}', [
        { address: text(address), prefix: variant('u', PREFIX_BITS) },
      ]),
    },
    ipv6: { method: text('ignore') },
  };
}

/** Longer than the box waits for it. */
const ADDRESS_S = 90;

export function venueProfile(
  { ssid, password, isHidden = false }: WifiLogin,
  keyManagement: string,
) {
  const isOwe = keyManagement === 'owe';
  const psk = isOwe ? {} : { psk: text(password) };
  const security = { 'key-mgmt': text(keyManagement), ...psk };
  return {
    connection: {
      id: text(ssid),
      type: text('802-11-wireless'),
      autoconnect: variant('b', true),
      // Without an end: a venue's router may take minutes to be back.
      'autoconnect-retries': variant('i', 0),
    },
    '802-11-wireless': {
      ...{ ssid: bytes(ssid), mode: text('infrastructure') },
      ...(isHidden ? { hidden: variant('b', true) } : {}),
    },
    ...(password === '' && !isOwe ? {} : { '802-11-wireless-security': security }),
    // NetworkManager's own 45 s would end it as a wrong password does, before it is given up here.
    ipv4: { method: text('auto'), 'dhcp-timeout': variant('i', ADDRESS_S) },
    ipv6: { method: text('auto') },
  };
}
