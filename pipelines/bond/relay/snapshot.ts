import type { Telemetry } from '../wire/packet.ts';
import type { RelayGroups } from './groups.ts';

export interface RelayLinkSnapshot {
  readonly address: string;
  readonly port: number;
  readonly silentMs: number;
  readonly dataPacketsTotal: number;
  readonly bytesTotal: number;
  /** What the sender says of the link, when it says so. */
  readonly telemetry?: Telemetry;
}

export interface RelaySnapshot {
  readonly groups: readonly {
    readonly number: number;
    readonly ageMs: number;
    readonly links: readonly RelayLinkSnapshot[];
  }[];
  /** Registrations left unanswered for want of attempts. */
  readonly refusedTotal: number;
  /** Datagrams of nobody known. */
  readonly strayTotal: number;
}

/** Group ids stay secret: who knows one may join. */
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
