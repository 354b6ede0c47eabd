/** Proxies that the config trusts, and what they report about their clients. */
import { BlockList, isIP } from 'node:net';
import { plainAddress } from '../../../hal/os/tcp/plain-address.ts';

export type IsTrusted = (address: string) => boolean;

/** @param proxies Addresses and networks, `10.0.0.5` or `10.0.0.0/8`. */
export function openTrustedProxies(proxies: readonly string[]): IsTrusted {
  if (proxies.length === 0) return () => false;
  const list = new BlockList();
  for (const proxy of proxies) {
    const [network = '', bits] = proxy.split('/');
    const family = familyOf(network);
    if (bits === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(bits), family);
  }
  return (address) => {
    const plain = plainAddress(address);
    return isIP(plain) > 0 && list.check(plain, familyOf(plain));
  };
}

/**
 * The client of a request that came through trusted proxies: the last address of
 * `X-Forwarded-For` that none of them has. What is before it may be forged.
 */
export function forwardedFor(header: string | undefined, isTrusted: IsTrusted): string | undefined {
  const hops = (header ?? '').slice(-1_000).split(',');
  return hops
    .map((hop) => plainAddress(hop.trim()))
    .findLast((hop) => isIP(hop) > 0 && !isTrusted(hop));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
