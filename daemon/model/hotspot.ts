/** The box's own hotspot, as others see it. */

/** WPA2 passphrases (IEEE 802.11, J.4.1). */
export const WPA_PASSPHRASE = /^[\x20-\x7e]{8,63}$/;

/** A hotspot that the box has opened to be reached at all. Its password is in no snapshot. */
export interface HotspotInfo {
  readonly ssid: string;
  /** What its clients open. */
  readonly url: string;
  /** The venue's Wi-Fi that the box could not join. */
  readonly notJoined?: string;
}
