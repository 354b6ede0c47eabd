/** Finds the source address, interface and route of each link. */
import { randomInt } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { type LinkConfig, MAX_LINKS, SOURCE_PORTS } from '../bond/core/config.ts';
import type { Gateway } from '../bond/net/kernel-routes.ts';
import type { LinkRoute } from '../bond/net/routing.ts';

/** A link of the config, by its interface or by an address of this machine. */
export interface WantedLink {
  readonly id: string;
  readonly device?: string;
  readonly address?: string;
  readonly weight: number;
  readonly isBackup: boolean;
  readonly isEnabled: boolean;
  /** Bytes a month. */
  readonly budgetBytes?: number;
}

/** Use of the links' data budgets. */
export interface UsedData {
  /** For example `2026-11`; with another one the links' counts restart. */
  readonly period: string;
  /** By the link's id. */
  readonly bytesByLink: Readonly<Record<string, number>>;
}

/** The machine's interfaces. */
export interface NetworkState {
  /** By interface, those that are up; IPv4 first. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  /** Next hop and own network by interface. */
  readonly gateways: ReadonlyMap<string, Gateway>;
  readonly gatewaysV6?: ReadonlyMap<string, Gateway>;
  /** Links take an address of IPv6 where they have one. */
  readonly prefersV6?: boolean;
  /** Local ports of the links begin here, see {@link chooseFirstPort}. */
  readonly firstPort: number;
}

export interface ResolvedLinks {
  readonly links: readonly LinkConfig[];
  readonly routes: readonly LinkRoute[];
  /** Enabled, and without an interface or address now. */
  readonly missing: readonly string[];
}

/** Above those that Linux gives to other sockets by itself. */
const PORTS = { from: 61_000, to: 65_535 };

/**
 * By chance, for each process: a relay still knows the links of the process before, and takes no
 * other sender's from the same address and port.
 */
export function chooseFirstPort(): number {
  return randomInt(PORTS.from, PORTS.to - MAX_LINKS * SOURCE_PORTS);
}

/** Its addresses need no routing table. */
const LOOPBACK = 'lo';

/**
 * Two modems may give the same private address: the routing rules of such links differ by their
 * local ports. All links have ports of their own, so that the second modem that is plugged in
 * changes nothing for the first but its rule.
 */
export function resolveLinks(
  wanted: readonly WantedLink[],
  network: NetworkState,
  used: UsedData,
): ResolvedLinks {
  const found = wanted.map((link) => ({ link, at: locate(link, network) }));
  const there = found.flatMap(({ link, at }) => (at === undefined ? [] : [{ link, at }]));
  const isShared = (address: string) => there.filter(({ at }) => at.address === address).length > 1;
  const placed = there.map(({ link, at }) => {
    const first = network.firstPort + (wanted.indexOf(link) % MAX_LINKS) * SOURCE_PORTS;
    const port = at.device === LOOPBACK ? {} : { sourcePort: first };
    return { link, at, port };
  });
  return {
    links: placed.map(({ link, at, port }) => ({
      id: link.id,
      sourceAddress: at.address,
      device: at.device,
      weight: link.weight,
      isBackup: link.isBackup,
      isEnabled: link.isEnabled,
      ...(link.budgetBytes === undefined ? {} : { budgetBytes: link.budgetBytes }),
      usedBytes: used.bytesByLink[link.id] ?? 0,
      usedPeriod: used.period,
      ...port,
    })),
    routes: placed
      .filter(({ at }) => at.device !== LOOPBACK)
      .map(({ link, at, port }) => ({
        id: link.id,
        sourceAddress: at.address,
        device: at.device,
        ...(isIPv6(at.address) ? network.gatewaysV6 : network.gateways)?.get(at.device),
        ...(isShared(at.address) ? port : {}),
      })),
    missing: found
      .filter(({ link, at }) => at === undefined && link.isEnabled)
      .map(({ link }) => link.id),
  };
}

/**
 * A link by device takes the device's first address, of IPv6 where it has no other (as
 * networks of IPv6 only give it) or the receiver has; one by address finds its device.
 */
function locate(
  { device, address }: WantedLink,
  { addresses, prefersV6 }: NetworkState,
): { readonly address: string; readonly device: string } | undefined {
  // All of 127.0.0.0/8 is this machine's (Linux), though only 127.0.0.1 is listed.
  if (address?.startsWith('127.') && device === undefined) return { address, device: LOOPBACK };
  if (device !== undefined) {
    const own = addresses.get(device) ?? [];
    const first = (prefersV6 ? own.find((other) => isIPv6(other)) : undefined) ?? own[0];
    const chosen = address === undefined ? first : own.find((other) => other === address);
    return chosen === undefined ? undefined : { address: chosen, device };
  }
  for (const [name, own] of addresses) {
    if (address !== undefined && own.includes(address)) return { address, device: name };
  }
  return undefined;
}
