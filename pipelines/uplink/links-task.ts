import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import { readAddresses, watchNetwork } from '../../hal/os/network.ts';
import { runCommand } from '../../hal/os/process.ts';
import type { LinkConfig } from '../bond/config.ts';
import { parseRoutes } from '../bond/ip-routes.ts';
import { openRouting } from '../bond/routing.ts';
import { type LinkUse, type LinkWish, resolveLinks } from './links.ts';

export interface LinksTask {
  /** What is wished for now. */
  readonly wishes: () => readonly LinkWish[];
  readonly use: () => LinkUse;
  readonly onLinks: (links: readonly LinkConfig[], missing: readonly string[]) => void;
  readonly clock: Clock;
  readonly log: Log;
}

const COMMAND_TIMEOUT_MS = 2_000;

/**
 * Follows the machine's interfaces until `signal` aborts: sets up source routing for
 * each link that is there, tells which those are, and takes the routing down at the end.
 */
export async function followLinks(task: LinksTask, signal: AbortSignal): Promise<void> {
  const { clock, log } = task;
  await using routing = await openRouting({ log, run: runCommand });
  let told = '';
  await watchNetwork(
    async () => {
      const addresses = readAddresses();
      const found = parseRoutes(await listRoutes(log));
      const gateways = found?.gateways ?? new Map();
      const { wishes } = task;
      const { links, routes, missing } = resolveLinks(
        wishes(),
        { addresses, gateways },
        task.use(),
      );
      await routing.set(routes, found?.ways);
      const now = JSON.stringify([links.map(withoutUse), missing, wishes()]);
      if (now === told) return;
      told = now;
      log.info('links', { there: links.map(({ id }) => id).join(' '), missing: missing.join(' ') });
      task.onLinks(links, missing);
    },
    { clock, log },
    signal,
  );
}

/** What a link has carried changes all the time and is no news; that a month has begun is. */
function withoutUse({ usedBytes: _, ...link }: LinkConfig) {
  return link;
}

async function listRoutes(log: Log): Promise<string> {
  try {
    const args = ['-json', '-4', 'route', 'show', 'table', 'all'];
    return (await runCommand('ip', args, { timeoutMs: COMMAND_TIMEOUT_MS })).stdout;
  } catch {
    log.debug('routes cannot be listed; is iproute2 installed?');
    return '';
  }
}
