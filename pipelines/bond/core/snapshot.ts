/** What a bond reports about itself and its links. */
import type { SrtlaPacket } from '../wire/packet.ts';
import type { Link, LinkPhase } from './link.ts';
import type { LargePackets } from './path/path-mtu.ts';
import type { RateMeter } from './path/rate-meter.ts';
import { lossOf } from './select.ts';

/** A link changed its phase, and why. */
export interface LinkSwitch {
  /** Clock of the caller. */
  readonly atMs: number;
  readonly link: string;
  readonly from: LinkPhase['phase'];
  readonly to: LinkPhase['phase'];
  readonly reason: string;
}

/** One link's figures of the last second. Totals count since the link was opened. */
export interface LinkSnapshot {
  readonly id: string;
  /** Its interface, by its present name. */
  readonly device?: string;
  readonly state: LinkPhase['phase'];
  /** Why it is in that state. */
  readonly reason: string;
  readonly isEnabled: boolean;
  readonly isBackup: boolean;
  /** The data budget is used up. */
  readonly isSpent: boolean;
  /** `undefined` until it was measured. */
  readonly rttMs?: number;
  readonly rttMinMs?: number;
  /** Packets that this link lost of those it sent, in the last 1.5 s. */
  readonly lossPct: number;
  readonly inFlightPackets: number;
  readonly inFlightBytes: number;
  /** Bytes that may be in flight. */
  readonly windowBytes: number;
  /** Of all bytes sent in the last second. */
  readonly sharePct: number;
  readonly bitrateBps: number;
  /** Estimate of what the link can carry, 0 unless it is in use. */
  readonly capacityBps: number;
  /** The most that was delivered lately. */
  readonly provenBps: number;
  readonly sentPacketsTotal: number;
  readonly sentBytesTotal: number;
  readonly receivedBytesTotal: number;
  readonly lostPacketsTotal: number;
  readonly stallsTotal: number;
  /** Large packets vanish on it, or did until they were made smaller. */
  readonly largePackets?: LargePackets;
  /** Counts towards the budget; starts at what the config of the link says. */
  readonly usedBytes: number;
  /** What `usedBytes` counts within, as the caller named it. */
  readonly usedPeriod?: string;
}

export interface BondSnapshot {
  readonly links: readonly LinkSnapshot[];
  /** What the encoder sends, with the headers of one link. */
  readonly offeredBps: number;
  readonly wireBps: number;
  readonly offeredBytesTotal: number;
  readonly wireBytesTotal: number;
  readonly resentPacketsTotal: number;
  /** NAKs and repeats of the encoder that needed no answer. */
  readonly suppressedTotal: number;
  /** Packets for which there was no link. */
  readonly droppedTotal: number;
  /** The last changes, oldest first. */
  readonly switches: readonly LinkSwitch[];
}

/** Figures of the bond that no link has. */
interface BondFigures
  extends Pick<
    BondSnapshot,
    'resentPacketsTotal' | 'suppressedTotal' | 'droppedTotal' | 'switches'
  > {
  readonly offered: RateMeter;
  /** Bytes sent by links that were removed. */
  readonly closedWireBytes: number;
}

export function renderBondSnapshot(
  links: readonly Link[],
  { offered, closedWireBytes, ...figures }: BondFigures,
  nowMs: number,
): BondSnapshot {
  const wireBps = links.reduce((sum, link) => sum + link.sent.perS(1000, nowMs) * 8, 0);
  return {
    links: links.map((link) => renderLinkSnapshot(link, wireBps, nowMs)),
    offeredBps: offered.perS(1000, nowMs) * 8,
    wireBps,
    offeredBytesTotal: offered.total,
    wireBytesTotal: links.reduce((sum, link) => sum + link.sent.total, closedWireBytes),
    ...figures,
  };
}

function renderLinkSnapshot(link: Link, wireBps: number, nowMs: number): LinkSnapshot {
  const { rtt, flight, config, state } = link;
  const { largePackets } = link.pathMtu;
  const bitrateBps = link.sent.perS(1000, nowMs) * 8;
  const isInUse = state.phase === 'active' || state.phase === 'suspect';
  return {
    id: config.id,
    ...(config.device === undefined ? {} : { device: config.device }),
    state: state.phase,
    reason: link.reason,
    isEnabled: config.isEnabled,
    isBackup: config.isBackup,
    isSpent: link.isSpent,
    ...(rtt.isMeasured ? { rttMs: Math.round(rtt.meanMs), rttMinMs: Math.round(rtt.minMs) } : {}),
    lossPct: 100 * lossOf(link, nowMs),
    inFlightPackets: flight.packets,
    inFlightBytes: flight.bytes,
    windowBytes: Math.round(link.capacity.windowBytes(rtt)),
    sharePct: wireBps > 0 ? (100 * bitrateBps) / wireBps : 0,
    bitrateBps,
    capacityBps: isInUse ? Math.round(link.capacity.bps) : 0,
    provenBps: isInUse ? Math.round(link.capacity.provenBps) : 0,
    sentPacketsTotal: link.sentPackets.total,
    sentBytesTotal: link.sent.total,
    receivedBytesTotal: link.receivedBytes,
    lostPacketsTotal: link.lostPackets.total,
    stallsTotal: link.stallsTotal,
    ...(largePackets === undefined ? {} : { largePackets }),
    usedBytes: link.usedBytes,
    ...(config.usedPeriod === undefined ? {} : { usedPeriod: config.usedPeriod }),
  };
}

/** Bytes of a usual SRT packet of seven MPEG-TS packets: SRTLA states windows in packets. */
const USUAL_BYTES = 1360;

/** The extended keepalive, which reports a link's figures to the receiver. */
export function keepaliveOf(link: Link, nowMs: number): SrtlaPacket {
  const { flight, capacity, rtt } = link;
  return {
    kind: 'keepalive',
    timeMs: Math.floor(nowMs),
    telemetry: {
      connectionId: link.slot,
      window: Math.min(0x7fff_ffff, Math.round(capacity.windowBytes(rtt) / USUAL_BYTES)),
      inFlight: flight.packets,
      rttMs: Math.round(rtt.meanMs),
      nakTotal: link.lostPackets.total,
      bytesPerS: Math.min(0xffff_ffff, Math.round(link.sent.perS(1000, nowMs))),
    },
  };
}
