/** Which of the bond's links a destination, or back-fill's far end, is reached by: the machine's own route decides. */
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { pause } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import { type Addresses, readAddresses } from '../../../hal/os/network.ts';
import type { DestinationConfig } from '../../config/destinations.ts';

/** A link as it is now: its interface may have got another name. */
export interface PresentLink {
  readonly id: string;
  readonly device?: string | undefined;
  readonly address?: string | undefined;
}

export interface RouteDeps {
  readonly links: () => readonly PresentLink[];
  readonly clock: Clock;
  /** {@link ownAddressTowards}, or a test's own. */
  readonly towards?: typeof ownAddressTowards;
  readonly addresses?: () => Addresses;
}

type FarEnd = Pick<DestinationConfig, 'id' | 'host' | 'url'>;

/** A default route changes when a cable is pulled; a look-up costs a question to the DNS server. */
const LOOK_EVERY_MS = 10_000;

/**
 * Calls back now and then with the links that may lead to each destination, until `signal` aborts;
 * see {@link linksAt}. What cannot be found out now is left as it was.
 */
export async function followRoutes(
  destinations: readonly FarEnd[],
  onLinks: (id: string, links: readonly string[]) => void,
  deps: RouteDeps,
  signal: AbortSignal,
): Promise<void> {
  const { links, clock, towards = ownAddressTowards, addresses = readAddresses } = deps;
  do {
    for (const destination of destinations) {
      // One after the other: a look-up holds one of the few threads for files and names.
      const address = await towards(hostOf(destination)).catch(() => undefined);
      if (signal.aborted) return;
      if (address !== undefined) onLinks(destination.id, linksAt(address, links(), addresses()));
    }
  } while (await pause(clock, LOOK_EVERY_MS, signal));
}

/** Those that have this address: modems of one kind may hand out the same. */
export function linksAt(
  address: string,
  links: readonly PresentLink[],
  addresses: Addresses,
): readonly string[] {
  const found = links.filter(
    (link) =>
      link.address === address ||
      (link.device !== undefined && addresses.get(link.device)?.includes(address) === true),
  );
  return found.map(({ id }) => id);
}

export function hostOf({ host, url }: Omit<FarEnd, 'id'>): string {
  if (host !== undefined) return host;
  return URL.canParse(url ?? '') ? new URL(url ?? '').hostname.replace(/^\[|\]$/g, '') : '';
}

/** Any: nothing is sent to it. */
const PORT = 9;

/**
 * The address from which this machine would send to the host: the kernel chooses it, as it does
 * for the process of the destination, when a datagram socket is connected. Nothing is sent.
 * Rejects where the name is unknown or no route leads there.
 */
export async function ownAddressTowards(host: string): Promise<string> {
  const { address, family } = await lookup(host);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('connect', resolve);
      socket.connect(PORT, address);
    });
    return socket.address().address;
  } finally {
    socket.close();
  }
}
