/** Follows the machine's interfaces: source routing and a report of the links that exist. */
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import { readAddresses, watchNetwork } from '../../hal/os/network.ts';
import { runCommand } from '../../hal/os/process.ts';
import type { LinkConfig } from '../bond/core/config.ts';
import {
  findGateways,
  type Gateway,
  type KernelRoutes,
  LIST_ROUTES,
  parseKernelRoutes,
} from '../bond/net/kernel-routes.ts';
import { openRouting } from '../bond/net/routing.ts';
import { openLinkReport } from './link-events.ts';
import { resolveLinks, type UsedData, type WantedLink } from './links.ts';

export interface LinksTask {
  /** The links that are wanted now. */
  readonly wanted: () => readonly WantedLink[];
  readonly used: () => UsedData;
  readonly onLinks: (links: readonly LinkConfig[], missing: readonly string[]) => void;
  readonly clock: Clock;
  readonly log: Log;
}

const COMMAND_TIMEOUT_MS = 2_000;

/**
 * Runs until `signal` aborts, and removes the routing then.
 */
export async function followLinks(task: LinksTask, signal: AbortSignal): Promise<void> {
  const { clock, log } = task;
  await using routing = await openRouting({ clock, log, run: runCommand });
  const report = openLinkReport(task);
  let gateways: ReadonlyMap<string, Gateway> = new Map();
  await watchNetwork(
    async () => {
      const addresses = readAddresses();
      const seen = await listRoutes(log);
      // Without a list the gateways stay as they were.
      if (seen !== undefined) gateways = findGateways(seen);
      const resolved = resolveLinks(task.wanted(), { addresses, gateways }, task.used());
      await routing.set(resolved.routes, seen);
      report(resolved);
    },
    { clock, log },
    signal,
  );
}

async function listRoutes(log: Log): Promise<KernelRoutes | undefined> {
  try {
    const { args, input } = LIST_ROUTES;
    const listed = await runCommand('ip', args, { timeoutMs: COMMAND_TIMEOUT_MS, input });
    return parseKernelRoutes(listed.stdout);
  } catch {
    log.debug('routes not listed; is iproute2 installed?');
    return undefined;
  }
}
