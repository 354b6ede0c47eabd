/** Networks that an earlier run has left up, and that the config wants no more. */
import type { Network, SharedRole } from '../../hal/wifi/port.ts';

type Networks = Pick<Network, 'shared' | 'closeShared'>;

/**
 * Closes those that are up for no wanted role. The helper takes their rules back once they are gone.
 *
 * @returns what is up now. Rejects where nothing manages networks.
 */
export async function closeStaleNetworks(
  network: Networks,
  wanted: readonly SharedRole[],
  signal: AbortSignal,
): Promise<ReadonlyMap<SharedRole, string>> {
  const up = await network.shared(signal);
  const left = [...up.keys()].filter((role) => !wanted.includes(role));
  for (const role of left) await network.closeShared(role, signal).catch(() => undefined);
  return new Map([...up].filter(([role]) => !left.includes(role)));
}
