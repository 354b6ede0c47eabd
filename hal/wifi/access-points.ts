/** What NetworkManager reports of access points, as networks to choose from. Pure. */
import type { WifiNetwork } from './port.ts';

/** NM80211ApFlags: it encrypts. */
const PRIVACY = 0x1;
/** NM80211ApSecurityFlags: how a client proves that it may join. */
const PSK = 0x100;
const SAE = 0x400;
/** Encrypted without a password; of a pair, the name that is not encrypted has the second. */
const OWE = 0x800;
const OWE_TRANSITION = 0x1000;
/** More than a screen of a phone has; a market hall has hundreds. */
const SHOWN_MAX = 40;

/** Properties of `org.freedesktop.NetworkManager.AccessPoint`. */
export type AccessPoint = Readonly<Record<string, unknown>>;

/** How a password is proved there: WPA3 alone needs another method than WPA2. */
export function keyManagementOf(point: AccessPoint): 'wpa-psk' | 'sae' | 'owe' {
  const flags = securityFlags(point);
  if ((flags & (PSK | SAE)) === 0 && (flags & OWE) !== 0) return 'owe';
  return (flags & PSK) === 0 && (flags & SAE) !== 0 ? 'sae' : 'wpa-psk';
}

/** Each name once, the strongest first. Hidden ones have no name to show. */
export function networksOf(points: readonly AccessPoint[], own: string): readonly WifiNetwork[] {
  const found = new Map<string, WifiNetwork>();
  for (const point of points) {
    const ssid = ssidOf(point['Ssid']);
    const strengthPct = Math.min(100, Number(point['Strength'] ?? 0));
    if (ssid === undefined || ssid === own) continue;
    if ((found.get(ssid)?.strengthPct ?? -1) >= strengthPct) continue;
    found.set(ssid, { ssid, strengthPct, security: securityOf(point) });
  }
  return [...found.values()]
    .toSorted((a, b) => b.strengthPct - a.strengthPct || (a.ssid < b.ssid ? -1 : 1))
    .slice(0, SHOWN_MAX);
}

function securityFlags({ WpaFlags, RsnFlags }: AccessPoint): number {
  return Number(WpaFlags ?? 0) | Number(RsnFlags ?? 0);
}

function securityOf(point: AccessPoint): WifiNetwork['security'] {
  const flags = securityFlags(point);
  if ((flags & (PSK | SAE)) !== 0) return 'password';
  if ((flags & (OWE | OWE_TRANSITION)) !== 0) return 'open';
  // Encrypted without either: WEP, or a login of a company (802.1X).
  return flags !== 0 || (Number(point['Flags'] ?? 0) & PRIVACY) !== 0 ? 'other' : 'open';
}

/** Of 2.4 GHz: they do not overlap, and are allowed everywhere. */
const CHANNELS = [6, 1, 11];

/**
 * Where a network of the box's own disturbs the fewest: NetworkManager itself also takes 12 and 13,
 * on which a card may not open one before it knows its country, and which many phones do not see.
 */
export function quietChannel(points: readonly AccessPoint[]): number {
  const heard = CHANNELS.map((channel) => {
    const near = points.filter(({ Frequency }) => Math.abs(channelOf(Frequency) - channel) < 4);
    return { channel, load: near.reduce((sum, { Strength }) => sum + Number(Strength ?? 0), 0) };
  });
  return heard.toSorted((a, b) => a.load - b.load)[0]?.channel ?? 6;
}

/** @param mhz Of channels 1 to 13; others are far from them. */
function channelOf(mhz: unknown): number {
  return (Number(mhz ?? 0) - 2407) / 5;
}

/** Names are bytes; what is no text cannot be typed or shown. */
export function ssidOf(bytes: unknown): string | undefined {
  const isBytes = Buffer.isBuffer(bytes) || Array.isArray(bytes);
  if (!isBytes || bytes.length === 0 || bytes.length > 32) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes as Buffer));
    return /\p{Cc}/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
