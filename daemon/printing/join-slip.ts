/** How a phone joins the box's own hotspot, on paper. Pure. */
import type { PrintDocument } from '../../hal/printer/port.ts';
import { wifiCode } from './card.ts';

/** What a phone needs to get to the set-up. */
export interface HotspotLogin {
  readonly ssid: string;
  readonly password: string;
  /** Of the page on it. */
  readonly url: string;
  /** The venue's Wi-Fi that the box could not join. */
  readonly notJoined?: string;
}

/** The box's own hotspot, for slips and the label. */
export interface OwnHotspot {
  readonly login: HotspotLogin;
  readonly isUp: boolean;
}

export function renderJoinSlip(login: HotspotLogin): PrintDocument {
  const { ssid, password, url, notJoined } = login;
  const text = (line: string) => ({ kind: 'text', text: line, align: 'center' }) as const;
  const failed = `The box could not join ${notJoined}. Choose the Wi-Fi again:`;
  return [
    { ...text('Set up this box'), isBold: true, size: 2 },
    ...(notJoined === undefined ? [] : [text(failed)]),
    { kind: 'feed', lines: 1 },
    text('1. Scan to join its Wi-Fi'),
    { kind: 'qr', data: wifiCode({ ssid, password }) },
    text(ssid),
    text(`Password: ${password}`),
    { kind: 'feed', lines: 1 },
    text('2. The page opens by itself, or scan this'),
    { kind: 'qr', data: url },
    text(url),
    { kind: 'feed', lines: 1 },
  ];
}
