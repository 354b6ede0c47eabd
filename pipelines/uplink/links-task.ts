/** Follows the machine's interfaces: source routing and a report of the links that exist. */
import type { ClockAndLog, Log } from '../../hal/os/log.ts';
import { readAddresses, watchNetwork } from '../../hal/os/network.ts';
import { runCommand } from '../../hal/os/process.ts';
import type { LinkConfig } from '../bond/core/config.ts';
import {
  findGateways,
  type Gateway,
  type KernelRoutes,
  listRoutes,
  parseKernelRoutes,
} from '../bond/net/kernel-routes.ts';
import { openRouting } from '../bond/net/routing.ts';
import { openLinkReport } from './link-events.ts';
import { chooseFirstPort, resolveLinks, type UsedData, type WantedLink } from './links.ts';
import { FollowedInterfaces, type KnownInterfaces, readInterfaces } from './renamed.ts';

export interface LinksTask extends ClockAndLog {
  /** The links that are wanted now. */
  readonly wanted: () => readonly WantedLink[];
  readonly used: () => UsedData;
  /** What the links' interfaces were when they were last seen. */
  readonly known?: KnownInterfaces | undefined;
  /** The receiver has addresses of IPv6 only: links take theirs of IPv6. */
  readonly prefersV6?: () => boolean;
  readonly onLinks: (links: readonly LinkConfig[], missing: readonly string[]) => void;
}

const COMMAND_TIMEOUT_MS = 2_000;

/**
 * Runs until `signal` aborts, and removes the routing then.
 */
export async function followLinks(task: LinksTask, signal: AbortSignal): Promise<void> {
  const { clock, log } = task;
  await using routing = await openRouting({ clock, log, run: runCommand });
  const report = openLinkReport(task);
  const firstPort = chooseFirstPort();
  const followed = new FollowedInterfaces(task.known);
  let gateways: ReadonlyMap<string, Gateway> = new Map();
  let gatewaysV6: ReadonlyMap<string, Gateway> = new Map();
  await watchNetwork(
    async () => {
      const addresses = readAddresses();
      const [seen, seenV6] = [await readRoutes(4, log), await readRoutes(6, log)];
      // Without a list the gateways stay as they were.
      if (seen !== undefined) gateways = findGateways(seen);
      if (seenV6 !== undefined) gatewaysV6 = findGateways(seenV6);
      const prefersV6 = task.prefersV6?.() === true;
      const network = { addresses, gateways, gatewaysV6, prefersV6, firstPort };
      const links = task.wanted();
      // Links that are named by their address have no interface to follow.
      const hasDevice = links.some(({ device }) => device !== undefined);
      const wanted = hasDevice ? followed.follow(links, await readInterfaces()) : links;
      const resolved = resolveLinks(wanted, network, task.used());
      await routing.set(resolved.routes, seen && seenV6 && joined(seen, seenV6));
      report(resolved);
    },
    { clock, log },
    signal,
  );
}

async function readRoutes(family: 4 | 6, log: Log): Promise<KernelRoutes | undefined> {
  try {
    const { args, input } = listRoutes(family);
    const listed = await runCommand('ip', args, { timeoutMs: COMMAND_TIMEOUT_MS, input });
    return parseKernelRoutes(listed.stdout);
  } catch {
    log.debug('routes not listed; is iproute2 installed?');
    return undefined;
  }
}

function joined(one: KernelRoutes, other: KernelRoutes): KernelRoutes {
  return {
    routes: [...one.routes, ...other.routes],
    rules: [...one.rules, ...other.rules],
  };
}
