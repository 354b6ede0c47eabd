/** How a phone joins the box's own hotspot, on paper. Pure. */
import type { PrintDocument } from '../../hal/printer/port.ts';
import { fill } from '../../pipelines/player/text/fill.ts';
import { wifiCode } from './card.ts';
import type { SlipTexts } from './text/en.ts';

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

export function renderJoinSlip(login: HotspotLogin, { join: says }: SlipTexts): PrintDocument {
  const { ssid, password, url, notJoined } = login;
  const text = (line: string) => ({ kind: 'text', text: line, align: 'center' }) as const;
  return [
    { ...text(says.title), isBold: true, size: 2 },
    ...(notJoined === undefined ? [] : [text(fill(says.notJoined, { name: notJoined }))]),
    { kind: 'feed', lines: 1 },
    text(says.wifi),
    { kind: 'qr', data: wifiCode({ ssid, password }) },
    text(ssid),
    text(fill(says.password, { password })),
    { kind: 'feed', lines: 1 },
    text(says.page),
    { kind: 'qr', data: url },
    text(url),
    { kind: 'feed', lines: 1 },
  ];
}
