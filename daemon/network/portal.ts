/** Leads the phones on the guests' network to the player, and lets them stay there without an internet. */
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { ENTRY, Visits } from '../../pipelines/captive/visits.ts';
import { servePortal } from '../first-boot/portal-server.ts';

const RETRY_MS = 5_000;

export interface GuestsPortalDeps {
  readonly address: string;
  readonly port: number;
  /** Of the player. */
  readonly pageUrl: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Serves until `signal` aborts; where it cannot, guests still open the page by its address. */
export async function runGuestsPortal(
  { address, port, pageUrl, clock, log }: GuestsPortalDeps,
  signal: AbortSignal,
): Promise<void> {
  const visits = new Visits(() => clock.monotonicMs());
  const deps = {
    ...{ address, port, pageUrl: `http://${address}:${port}${ENTRY}` },
    hasSeen: visits.hasSeen.bind(visits),
    onUse: () => undefined,
    entry: { path: ENTRY, url: pageUrl, onEnter: visits.enter.bind(visits) },
  };
  let reported = '';
  do {
    try {
      await servePortal(deps, signal);
    } catch (error) {
      // The player may just be leaving the port.
      const reason = messageOf(error);
      if (reason !== reported) log.warn('captive portal not served', { reason });
      reported = reason;
    }
  } while (await pause(clock, RETRY_MS, signal));
}
