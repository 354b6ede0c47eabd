/** The addresses that guests and crew open, found again whenever the network changes. */
import { networkInterfaces } from 'node:os';
import type { ClockAndLog } from '../../hal/os/log.ts';
import { watchNetwork } from '../../hal/os/network.ts';
import { findAddresses, type Listening } from './addresses.ts';
import type { BoxSnapshot } from './snapshot.ts';

export interface GuestAddressDeps extends ClockAndLog {
  readonly viewers: Listening;
  readonly operator: Listening & { readonly tls?: object | undefined };
  readonly network?: { readonly guests: { readonly device: string } };
  readonly state: {
    snapshot(): Pick<BoxSnapshot, 'playerUrl' | 'operatorUrl' | 'plannedLinks' | 'media'>;
    set(change: { readonly playerUrl?: string; readonly operatorUrl?: string }): void;
  };
  /** Called at each change. */
  readonly onPlayerUrl?: (playerUrl: string) => void;
  readonly interfaces?: typeof networkInterfaces;
}

type OfConfig = Pick<GuestAddressDeps, 'viewers' | 'operator' | 'network'>;

/** The task that does so, for addresses of the config. */
export function followingGuestAddress(
  { viewers, operator, network }: OfConfig,
  deps: Omit<GuestAddressDeps, keyof OfConfig>,
): (signal: AbortSignal) => Promise<void> {
  return (signal) =>
    followGuestAddress({ ...deps, viewers, operator, ...(network && { network }) }, signal);
}

/**
 * Follows it until `signal` aborts: a box that is started before the network has an address
 * would give out one that no phone can open.
 */
export async function followGuestAddress(
  {
    viewers,
    operator,
    network,
    state,
    onPlayerUrl,
    interfaces = networkInterfaces,
    clock,
    log,
  }: GuestAddressDeps,
  signal: AbortSignal,
): Promise<void> {
  /** Guests stay where they were, also while none is there. */
  let reachedAt: string | undefined;
  const find = async (): Promise<void> => {
    const { media, plannedLinks = [], playerUrl, operatorUrl } = state.snapshot();
    reachedAt = media?.http.reachedAt ?? reachedAt;
    const upstream = plannedLinks.flatMap(({ device = [] }) => device);
    const hints = { upstream, reachedAt, guests: network?.guests.device ?? '' };
    const found = findAddresses(interfaces(), viewers, operator, hints);
    const { player } = found;
    const crew = operator.tls === undefined ? found.operator : secure(found.operator);
    if (crew !== operatorUrl) state.set({ operatorUrl: crew });
    if (player === playerUrl) return;
    state.set({ playerUrl: player });
    log.info('address for guests changed', { address: player });
    onPlayerUrl?.(player);
  };
  await watchNetwork(find, { clock, log }, signal);
}

function secure(url: string): string {
  return url.replace(/^http:/, 'https:');
}
