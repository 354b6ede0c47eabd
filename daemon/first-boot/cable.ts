/** Who comes to a box over the cable that its owner has plugged in. Pure. */
import { BlockList, isIP } from 'node:net';
import type { networkInterfaces } from 'node:os';
import type { NetworkState } from '../../hal/wifi/port.ts';

/** Addresses of a local network (RFC 1918, RFC 3927, RFC 4193, RFC 4291): not the internet's. */
const NEAR = new BlockList();
for (const [net, bits, family] of [
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
] as const) {
  NEAR.addSubnet(net, bits, family);
}

/**
 * Whether a connection comes from the local network of a cable. Not that of a proxy or a tunnel on
 * the box itself, and not of a machine whose networks something else than NetworkManager manages.
 */
export function isOverCable(
  ends: { readonly local: string; readonly remote: string },
  network: Pick<NetworkState, 'cables'> | undefined,
  interfaces: ReturnType<typeof networkInterfaces>,
): boolean {
  // An address of IPv6 may name its interface.
  const [local, remote] = [ends.local, ends.remote].map((one) => one.replace(/%.*$/, '')) as [
    string,
    string,
  ];
  const family = isIP(remote) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(remote) === 0 || remote === local || !NEAR.check(remote, family)) return false;
  const { cables = [] } = network ?? {};
  return cables.some((name) => interfaces[name]?.some(({ address }) => address === local));
}
