/** Leads the phones on the guests' network to the player, and lets them stay there without an internet. */
import { untilAborted } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { servePortal } from '../first-boot/portal-server.ts';

export interface GuestsPortalDeps {
  readonly address: string;
  readonly port: number;
  /** Of the player. */
  readonly pageUrl: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The way to the page: a phone's own probe does not follow it, a browser does. */
const ENTRY = '/watch';
/**
 * The page is up by then. Android closes the window in which it opens a portal's page at the
 * first answer that it hopes for.
 */
const SETTLE_MS = 5_000;
/** Addresses of the network are 254. */
const CLIENTS_MAX = 254;

/** Serves until `signal` aborts; where it cannot, guests still open the page by its address. */
export async function runGuestsPortal(
  { address, port, pageUrl, clock, log }: GuestsPortalDeps,
  signal: AbortSignal,
): Promise<void> {
  const enteredMs = new Map<string, number>();
  const deps = {
    ...{ address, port, pageUrl: `http://${address}:${port}${ENTRY}` },
    hasSeen: (client: string) => {
      const atMs = enteredMs.get(client);
      return atMs !== undefined && clock.monotonicMs() - atMs >= SETTLE_MS;
    },
    onUse: () => undefined,
    entry: {
      path: ENTRY,
      url: pageUrl,
      onEnter: (client: string) => {
        if (enteredMs.has(client)) return;
        if (enteredMs.size >= CLIENTS_MAX) enteredMs.clear();
        enteredMs.set(client, clock.monotonicMs());
      },
    },
  };
  await servePortal(deps, signal).catch(async (error: unknown) => {
    log.warn('captive portal not served', { reason: messageOf(error) });
    await untilAborted(signal);
  });
}
