/** The address that guests open, found again whenever the network changes. */
import { networkInterfaces } from 'node:os';
import { untilAborted } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import { watchNetwork } from '../../hal/os/network.ts';
import { findAddresses, isFixed, type Listening } from './addresses.ts';
import type { BoxSnapshot } from './snapshot.ts';

export interface GuestAddressDeps {
  readonly viewers: Listening;
  readonly state: {
    snapshot(): Pick<BoxSnapshot, 'playerUrl' | 'plannedLinks' | 'media'>;
    set(change: { readonly playerUrl: string }): void;
  };
  /** Called at each change. */
  readonly onPlayerUrl?: (playerUrl: string) => void;
  readonly interfaces?: typeof networkInterfaces;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Follows it until `signal` aborts: a box that is started before the network has an address
 * would give out one that no phone can open.
 */
export async function followGuestAddress(
  { viewers, state, onPlayerUrl, interfaces = networkInterfaces, clock, log }: GuestAddressDeps,
  signal: AbortSignal,
): Promise<void> {
  if (isFixed(viewers)) return await untilAborted(signal);
  /** Guests stay where they were, also while none is there. */
  let reachedAt: string | undefined;
  const find = async (): Promise<void> => {
    const { media, plannedLinks = [], playerUrl } = state.snapshot();
    reachedAt = media?.http.reachedAt ?? reachedAt;
    const upstream = plannedLinks.flatMap(({ device = [] }) => device);
    const { player } = findAddresses(interfaces(), viewers, viewers, { upstream, reachedAt });
    if (player === playerUrl) return;
    state.set({ playerUrl: player });
    log.info('address for guests changed', { address: player });
    onPlayerUrl?.(player);
  };
  await watchNetwork(find, { clock, log }, signal);
}
