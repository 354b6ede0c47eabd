/** The config of one link, and limits that sender and relay share. */
/** How one link is to be used. A change of weight, role, budget or use needs no new socket. */
export interface LinkConfig {
  /** Names the link everywhere, for example its interface: `wwan0`. */
  readonly id: string;
  /** The local address its socket is bound to. */
  readonly sourceAddress: string;
  /** Its interface, where routing by source address needs it. */
  readonly device?: string;
  /**
   * The first of {@link SOURCE_PORTS} local UDP ports that its sockets and look-ups have in turn, so
   * that a routing rule can tell two links of one address apart.
   */
  readonly sourcePort?: number;
  /** Share of traffic beside the others, in units of what each can carry. 1 is usual. */
  readonly weight: number;
  /** Carries packets only while no other link can. */
  readonly isBackup: boolean;
  readonly isEnabled: boolean;
  /** Data budget, both ways with IP and UDP headers; the caller counts the month. */
  readonly budgetBytes?: number;
  /** What it has carried already, as the caller saved it when the bond was last stopped. */
  readonly usedBytes?: number;
  /** Period of `usedBytes`, as the caller names it: with another one the count restarts. */
  readonly usedPeriod?: string;
}

export interface Endpoint {
  /** An address or a name. */
  readonly host: string;
  readonly port: number;
}

/** IPv4 and UDP headers, counted on top of each datagram for budgets and rates. */
export const DATAGRAM_HEADER_BYTES = 28;

/** Ports of one link. */
export const SOURCE_PORTS = 16;
/** Of them, those of its sockets: a relay remembers one for 10 s. The rest are for look-ups of names. */
export const SOCKET_PORTS = 12;

/** Limit of the links of a sender, and of a relay's group. */
export const MAX_LINKS = 16;
