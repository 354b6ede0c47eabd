import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import { readAddresses, watchNetwork } from '../../hal/os/network.ts';
import { runCommand } from '../../hal/os/process.ts';
import type { LinkConfig } from '../bond/config.ts';
import { openRouting, parseGateways } from '../bond/routing.ts';
import { type LinkWish, resolveLinks } from './links.ts';

export interface LinksTask {
  /** What is wished for now. */
  readonly wishes: () => readonly LinkWish[];
  readonly usedBytes: () => Readonly<Record<string, number>>;
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
      const gateways = parseGateways(await listRoutes(log));
      const { links, routes, missing } = resolveLinks(
        task.wishes(),
        { addresses, gateways },
        task.usedBytes(),
      );
      await routing.set(routes);
      const { wishes } = task;
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

/** What a link has carried changes all the time and is no news. */
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
