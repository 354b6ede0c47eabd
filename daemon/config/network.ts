/** `network` of the config: the networks that the box makes itself. */
import { isIPv4 } from 'node:net';
import * as v from 'valibot';
import { DEVICE } from '../../hal/network/plan.ts';
import { WPA_PASSPHRASE } from '../model/hotspot.ts';
import { type Fault, flag, integer, text } from './rules.ts';

const device = v.pipe(
  text,
  v.check(
    (value) => value === '' || DEVICE.test(value),
    'must be an interface like wlan0 or eth1, or empty',
  ),
);

const SSID_BYTES_MAX = 32;

const guests = v.strictObject({
  device: v.optional(device, ''),
  ssid: v.optional(
    v.pipe(
      text,
      v.check(
        (value) => Buffer.byteLength(value) <= SSID_BYTES_MAX && !/\p{Cc}/u.test(value),
        'must be 32 letters at most, fewer where some are not ASCII',
      ),
    ),
    '',
  ),
  password: v.optional(
    v.pipe(
      text,
      v.check(
        (value) => value === '' || WPA_PASSPHRASE.test(value),
        'must be 8 to 63 letters, digits and signs of ASCII, or empty',
      ),
    ),
    '',
  ),
});

const crew = v.strictObject({
  device: v.optional(device, ''),
  via: v.optional(device, ''),
  up_bps: v.optional(integer(64_000, 10_000_000_000), 5_000_000),
  down_bps: v.optional(integer(64_000, 10_000_000_000), 20_000_000),
  dns: v.optional(v.pipe(text, v.check(isIPv4, 'must be an IPv4 address')), '9.9.9.9'),
});

export const networkSchema = v.strictObject({
  hotspot: v.optional(flag, true),
  guests: v.optional(guests, {}),
  crew: v.optional(crew, {}),
});

export type NetworkConfig = v.InferOutput<typeof networkSchema>;

/** A Wi-Fi as phones join it. */
export interface WifiToJoin {
  readonly ssid: string;
  /** Undefined for an open one. */
  readonly password: string | undefined;
}

/** That of the guests' network; undefined where the box makes none. */
export function guestsWifi({
  box,
  network: { guests },
}: {
  readonly box: { readonly name: string };
  readonly network: NetworkConfig;
}): WifiToJoin | undefined {
  const { device, ssid, password } = guests;
  // At an Ethernet port the access point has a name of its own, which a host may give here.
  const isNamed = ssid !== '' || device.startsWith('wl');
  if (device === '' || !isNamed) return undefined;
  return { ssid: ssid || box.name, password: password || undefined };
}

/** @param upstream Interfaces of the uplink's links. */
export function* networkFaults(
  network: NetworkConfig,
  upstream: readonly string[],
): Generator<Fault> {
  const { guests: room, crew: port } = network;
  const users = new Map(upstream.map((one) => [one, 'a link of uplink.links']));
  for (const [key, one] of [
    ['guests', room.device],
    ['crew', port.device],
  ] as const) {
    const user = one === '' ? undefined : users.get(one);
    if (user !== undefined) {
      const message = `interface ${one} is already used by ${user}`;
      yield { path: ['network', key, 'device'], message };
    }
    users.set(one, `network.${key}.device`);
  }
  const { via } = port;
  if (via === '') return;
  if (port.device === '') {
    const message = 'must be empty where network.crew.device is';
    yield { path: ['network', 'crew', 'via'], message };
  } else if (via === port.device || via === room.device) {
    const message = `interface ${via} is already used by network.${via === port.device ? 'crew' : 'guests'}.device`;
    yield { path: ['network', 'crew', 'via'], message };
  }
}
