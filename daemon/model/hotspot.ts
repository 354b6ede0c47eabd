/** The networks that the box makes itself, as others see them. */
import type { NetworkCode, Shaped } from '../../hal/network/plan.ts';
import type { SharedRole } from '../../hal/wifi/port.ts';

/** WPA2 passphrases (IEEE 802.11, J.4.1). */
export const WPA_PASSPHRASE = /^[\x20-\x7e]{8,63}$/;

/** Why a Wi-Fi was not joined. */
export const NOT_JOINED = ['out-of-reach', 'password', 'no-address'] as const;
export type NotJoined = (typeof NOT_JOINED)[number];

/** A hotspot that the box has opened to be reached at all. Its password is in no snapshot. */
export interface HotspotInfo {
  readonly ssid: string;
  /** What its clients open. */
  readonly url: string;
  /** The venue's Wi-Fi that the box could not join. */
  readonly notJoined?: string;
  /** As far as it is known. */
  readonly why?: NotJoined;
}

/** Why a network for guests or crew is not open; the helper's codes are beside these. */
export type NetworkFault =
  /** The network helper is not installed, or not started. */
  | 'NO_HELPER'
  /** This user may not ask it. */
  | 'NOT_PERMITTED'
  /** It ended, or did not answer in time. */
  | 'NO_ANSWER'
  /** NetworkManager does not run. */
  | 'NO_MANAGER'
  /** The interface is not there, or is no Wi-Fi card and no Ethernet port. */
  | 'NO_DEVICE'
  /** NetworkManager could not open it. */
  | 'NOT_OPENED'
  | NetworkCode;

/** A network for guests or for the crew, as the config wants it. */
export interface OwnNetwork {
  readonly role: SharedRole;
  readonly device: string;
  /** `waiting`: nothing is wrong, see `reason`. */
  readonly phase: 'waiting' | 'open' | 'failed';
  readonly code?: NetworkFault;
  readonly reason?: string;
  /** Of the crew: interfaces where the stream goes first. */
  readonly shaped?: readonly Shaped[];
}
