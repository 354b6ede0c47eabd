/** What the box says of itself by mDNS. Pure. */
import type { MdnsService } from '../../hal/os/avahi.ts';
import type { DropPhase } from '../model/snapshot.ts';

export interface AnnouncedBox {
  readonly name: string;
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
