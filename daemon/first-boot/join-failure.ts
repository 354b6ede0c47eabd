/** The venue's Wi-Fi that the box is not in, and why. Pure. */
import { HalError } from '../../hal/os/errors.ts';
import type { WifiNetwork } from '../../hal/wifi/port.ts';
import type { HotspotInfo, NotJoined } from '../model/hotspot.ts';

export type JoinFailure = Pick<HotspotInfo, 'notJoined' | 'why'>;

const WHY: Readonly<Record<string, NotJoined>> = {
  GONE: 'out-of-reach',
  NOT_PERMITTED: 'password',
  TIMEOUT: 'no-address',
};

/** @param error Of the try to join it. */
export function notJoined(ssid: string, error: unknown): JoinFailure {
  const why = error instanceof HalError ? WHY[error.code] : undefined;
  return { notJoined: ssid, ...(why && { why }) };
}

/** NetworkManager joins what is in reach by itself, unless its password is another one now. */
export function joinFailureOf(ssid: string, found: readonly WifiNetwork[]): JoinFailure {
  const isInReach = found.some((one) => one.ssid === ssid);
  return { notJoined: ssid, why: isInReach ? 'password' : 'out-of-reach' };
}
