/** Leads the phones on the guests' network to the player, and lets them stay there without an internet. */
import type { ClockAndLog } from '../../hal/os/log.ts';
import { ENTRY, Visits } from '../../pipelines/captive/visits.ts';
import { keepPortal } from '../first-boot/portal-server.ts';

export interface GuestsPortalDeps extends ClockAndLog {
  readonly address: string;
  readonly port: number;
  /** Of the player. */
  readonly pageUrl: string;
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
    entry: { path: ENTRY, url: pageUrl, onEnter: visits.enter.bind(visits) },
  };
  await keepPortal(deps, { clock, log }, signal);
}
