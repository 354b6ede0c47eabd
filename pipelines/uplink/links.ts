/** Finds the source address, interface and route of each link. */
import type { LinkConfig } from '../bond/core/config.ts';
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
  /** IPv4 addresses by interface, those that are up. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  /** Next hop and own network by interface. */
  readonly gateways: ReadonlyMap<string, Gateway>;
}

export interface ResolvedLinks {
  readonly links: readonly LinkConfig[];
  readonly routes: readonly LinkRoute[];
  /** Enabled, and without an interface or address now. */
  readonly missing: readonly string[];
}

/** Local ports of links that share an address with another: a routing rule tells them apart by it. */
const FIRST_PORT = 52_000;

/** Its addresses need no routing table. */
const LOOPBACK = 'lo';

/**
 * Two modems may give the same private address: such links get a local port each, by
 * which their routing rules differ.
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
    const port = isShared(at.address) ? { sourcePort: FIRST_PORT + wanted.indexOf(link) } : {};
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
        ...network.gateways.get(at.device),
        ...port,
      })),
    missing: found
      .filter(({ link, at }) => at === undefined && link.isEnabled)
      .map(({ link }) => link.id),
  };
}

/** A link by device takes the device's first address; one by address finds its device. */
function locate(
  { device, address }: WantedLink,
  { addresses }: NetworkState,
): { readonly address: string; readonly device: string } | undefined {
  // All of 127.0.0.0/8 is this machine's (Linux), though only 127.0.0.1 is listed.
  if (address?.startsWith('127.') && device === undefined) return { address, device: LOOPBACK };
  if (device !== undefined) {
    const own = addresses.get(device) ?? [];
    const chosen = address === undefined ? own[0] : own.find((other) => other === address);
    return chosen === undefined ? undefined : { address: chosen, device };
  }
  for (const [name, own] of addresses) {
    if (address !== undefined && own.includes(address)) return { address, device: name };
  }
  return undefined;
}
