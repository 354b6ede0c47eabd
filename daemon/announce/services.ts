/** What the box says of itself by mDNS. Pure. */
import type { NetworkInterfaceInfo } from 'node:os';
import type { MdnsService } from '../../hal/os/avahi.ts';
import { isInRoom } from '../model/addresses.ts';
import type { DropPhase } from '../model/snapshot.ts';

export interface AnnouncedBox {
  readonly name: string;
  /** Its own alone: another box of the network may have `name` already. */
  readonly ownName: string;
  readonly version: string;
  readonly viewersPort: number;
  readonly operatorPort: number;
}

/** Found by browsers of the network: the guests' page, as any web page is. */
export const PAGE_TYPE = '_http._tcp';
/** Found by programs that look for boxes: the operator's page, with the box's state. */
export const BOX_TYPE = '_venuebox._tcp';

export function servicesOf(box: AnnouncedBox, phase: DropPhase): readonly MdnsService[] {
  const { name, version, viewersPort, operatorPort } = box;
  return [
    { type: PAGE_TYPE, port: viewersPort, txt: { path: '/' } },
    {
      type: BOX_TYPE,
      port: operatorPort,
      txt: { name, state: phase, version, guests: String(viewersPort) },
    },
  ];
}

/**
 * Of each interface behind which a phone may be. Of IPv6 without those that need the name of an
 * interface: phones do not all take them.
 */
export function hostAddressesOf(
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [label, infos = []] of Object.entries(interfaces)) {
    // Further addresses of IPv4 may have a label: `eth0:1`.
    const [device = label] = label.split(':');
    const addresses = infos
      .filter(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address))
      .map(({ address }) => address);
    if (addresses.length === 0 || !isInRoom(device)) continue;
    found.set(device, [...(found.get(device) ?? []), ...addresses]);
  }
  return found;
}
