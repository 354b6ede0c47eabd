/** What a relay reports about its groups. */
import type { Telemetry } from '../wire/packet.ts';
import type { RelayGroups } from './groups.ts';

export interface RelayLinkSnapshot {
  readonly address: string;
  readonly port: number;
  readonly silentMs: number;
  readonly dataPacketsTotal: number;
  readonly bytesTotal: number;
  /** Figures of the sender, where it sends extended keepalives. */
  readonly telemetry?: Telemetry;
}

export interface RelaySnapshot {
  readonly groups: readonly {
    readonly number: number;
    readonly ageMs: number;
    readonly links: readonly RelayLinkSnapshot[];
  }[];
  /** Registrations left unanswered by the limits. */
  readonly refusedTotal: number;
  /** Datagrams from addresses outside all groups. */
  readonly strayTotal: number;
}

/** Group ids stay secret: they admit links. */
export function renderRelaySnapshot(
  groups: RelayGroups,
  strayTotal: number,
  nowMs: number,
): RelaySnapshot {
  return {
    groups: Array.from(groups.groups, (group) => ({
      number: group.number,
      ageMs: Math.round(nowMs - group.createdMs),
      links: group.links.map((link) => ({
        address: link.address,
        port: link.port,
        silentMs: Math.round(nowMs - link.lastReceivedMs),
        dataPacketsTotal: link.dataPackets,
        bytesTotal: link.bytesTotal,
        ...(link.telemetry === undefined ? {} : { telemetry: link.telemetry }),
      })),
    })),
    refusedTotal: groups.refusedTotal,
    strayTotal,
  };
}
