/** The machine's way into a network: cable, the venue's Wi-Fi, or a hotspot of its own. */

/** A network in reach, the strongest of its name. */
export interface WifiNetwork {
  readonly ssid: string;
  readonly strengthPct: number;
  /** `open`: no password. `other`: it wants more than a password, which the box cannot give. */
  readonly security: 'open' | 'password' | 'other';
}

export type WifiPhase =
  /** No Wi-Fi card that can be used. */
  | 'absent'
  | 'off'
  | 'connecting'
  | 'connected'
  /** The box's own hotspot is up. */
  | 'hotspot';

export interface NetworkState {
  /** A cable has an address. */
  readonly hasCable: boolean;
  /** Interfaces of those that have one. */
  readonly cables?: readonly string[];
  /** Of those that are plugged in and have none: nobody gives out addresses there, or not yet. */
  readonly muteCables?: readonly string[];
  readonly wifi: WifiPhase;
  /** Of the network that the card is connected to. */
  readonly ssid?: string;
  /** A network of an earlier day would be joined by itself. */
  readonly knowsWifi: boolean;
  /** The name of one of those, while it is in none. */
  readonly missed?: string;
}

export interface HotspotSettings {
  readonly ssid: string;
  /** WPA2: 8 to 63 characters of ASCII. */
  readonly password: string;
  /** IPv4, of the box on it. */
  readonly address: string;
}

/** For whom a network is that the box makes. */
export type SharedRole = 'guests' | 'crew';

/** On one interface; NetworkManager gives out its addresses. */
export interface SharedSettings {
  readonly role: SharedRole;
  /** A Wi-Fi card or an Ethernet port. */
  readonly device: string;
  /** IPv4, of the box on it. */
  readonly address: string;
  /** Of a Wi-Fi card's network. */
  readonly ssid: string;
  /** WPA2; empty for an open network. */
  readonly password: string;
}

export interface WifiLogin {
  readonly ssid: string;
  /** Empty for an open network. */
  readonly password: string;
  /** It does not say its name: the card must ask for it. */
  readonly isHidden?: boolean;
}

/** Each rejects with `HalError`: NOT_FOUND where nothing here manages networks. */
export interface Network {
  look(signal: AbortSignal): Promise<NetworkState>;
  /** Those in reach, the strongest first; those of the last scan where the card cannot scan now. */
  scan(signal: AbortSignal): Promise<readonly WifiNetwork[]>;
  /** Resolves when phones can join it. */
  openHotspot(settings: HotspotSettings, signal: AbortSignal): Promise<void>;
  closeHotspot(signal: AbortSignal): Promise<void>;
  /**
   * Resolves when the box has an address there; a network that was not joined is forgotten again.
   * `HalError`: GONE where it is out of reach, NOT_PERMITTED for its password, TIMEOUT where it gives no address.
   */
  join(login: WifiLogin, signal: AbortSignal): Promise<void>;
  /** Networks of the box that are up, with their interfaces. */
  shared(signal: AbortSignal): Promise<ReadonlyMap<SharedRole, string>>;
  /** Whether the one that is up for this role has these settings: an earlier run may have left it. */
  isShared(settings: SharedSettings, signal: AbortSignal): Promise<boolean>;
  /** Resolves when others can join it. GONE where the port has no cable. */
  openShared(settings: SharedSettings, signal: AbortSignal): Promise<void>;
  /** Resolves when it is gone: what holds its guests back may go then. */
  closeShared(role: SharedRole, signal: AbortSignal): Promise<void>;
}
