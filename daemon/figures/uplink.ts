/** Figures of the uplink: SRT, the bonded links, the modems behind them. */
import type { ModemState } from '../../hal/modem/port.ts';
import type { LinkSnapshot } from '../../pipelines/bond/core/snapshot.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { type Figure, ratioOf, scaled, type Table } from './figure.ts';

/** `srt` of the topic `stream`. */
export const SRT = {
  state: {
    unit: 'state',
    options: ['off', 'connecting', 'connected'],
    help: 'Connection to the SRT receiver.',
    read: ({ uplink }) => uplink?.phase,
  },
  rtt_s: {
    unit: 's',
    digits: 3,
    help: 'Round trip, as SRT measures it.',
    metric: 'srt_rtt_seconds',
    entity: { id: 'uplink_rtt', name: 'Uplink round trip', isDiagnostic: true },
    read: ({ uplink }) => scaled(uplink?.srt?.rttMs, 0.001),
  },
  retrans: {
    help: 'Packets that SRT sent again.',
    metric: 'srt_retransmitted_packets_total',
    read: ({ uplink }) => uplink?.srt?.retransmittedTotal,
  },
  lost: {
    help: 'Packets that were too late to be sent.',
    metric: 'srt_dropped_packets_total',
    read: ({ uplink }) => uplink?.srt?.droppedTotal,
  },
  latency_s: {
    unit: 's',
    digits: 3,
    help: 'Latency that SRT has agreed with its receiver.',
    metric: 'srt_latency_seconds',
    read: ({ uplink }) => scaled(uplink?.srt?.latencyMs, 0.001),
  },
  bitrate_bps: {
    unit: 'bps',
    help: "What goes to SRT, without bonding's additions.",
    metric: 'uplink_bytes_per_second',
    entity: { id: 'uplink_bitrate', name: 'Uplink' },
    read: ({ uplink }) => uplink?.bitrateBps,
  },
  target_bps: {
    unit: 'bps',
    help: "The encoder's target bitrate.",
    metric: 'uplink_target_bytes_per_second',
    read: ({ uplink }) => uplink?.targetBps,
  },
} as const satisfies Table<BoxSnapshot>;

/** In Prometheus only. */
export const UPLINK: readonly Figure<BoxSnapshot>[] = [
  {
    metric: 'uplink_connected',
    unit: 'boolean',
    help: '1 while the SRT receiver is connected; absent without an uplink.',
    read: ({ uplink }) =>
      uplink === undefined || uplink.phase === 'off' ? undefined : uplink.phase === 'connected',
  },
  {
    metric: 'bond_resent_packets_total',
    help: 'Packets that bonding sent again on another link.',
    read: ({ uplink }) => uplink?.bond?.resentPacketsTotal,
  },
  {
    metric: 'bond_dropped_packets_total',
    help: 'Packets for which there was no link.',
    read: ({ uplink }) => uplink?.bond?.droppedTotal,
  },
];

/** A full SRT packet on a link: windows are published in packets. */
const PACKET_BYTES = 1_344;

/** Of each link in the topic `links`; undefined while a link is not bonded. */
export const LINK = {
  state: {
    unit: 'state',
    options: ['out', 'active', 'suspect', 'stalled'],
    label: 'state',
    help: 'State of a link.',
    metric: 'link_state',
    read: (link) => link?.state,
  },
  rtt_s: {
    unit: 's',
    digits: 3,
    help: 'Round trip of a link.',
    metric: 'link_rtt_seconds',
    read: (link) => scaled(link?.rttMs, 0.001),
  },
  loss_ratio: {
    unit: 'ratio',
    digits: 3,
    help: 'Packets lost on a link, of those sent, 0 to 1.',
    metric: 'link_loss_ratio',
    read: (link) => ratioOf(link?.lossPct),
  },
  tx_bps: {
    unit: 'bps',
    help: 'What a link sends.',
    metric: 'link_bytes_per_second',
    read: (link) => link?.bitrateBps,
  },
  share_ratio: {
    unit: 'ratio',
    digits: 3,
    help: 'Share of a link in all bytes sent, 0 to 1.',
    metric: 'link_share_ratio',
    read: (link) => ratioOf(link?.sharePct),
  },
  window: {
    help: 'Packets that may be in flight on a link.',
    read: (link) => scaled(link?.windowBytes, 1 / PACKET_BYTES),
  },
  in_flight: {
    help: 'Packets in flight on a link.',
    metric: 'link_in_flight_packets',
    read: (link) => link?.inFlightPackets,
  },
} as const satisfies Table<LinkSnapshot | undefined>;

/** In Prometheus only. */
export const LINK_TOTALS: readonly Figure<LinkSnapshot>[] = [
  {
    metric: 'link_capacity_bytes_per_second',
    unit: 'bps',
    help: 'Estimated capacity of a link.',
    read: ({ capacityBps }) => capacityBps,
  },
  {
    metric: 'link_sent_bytes_total',
    unit: 'b',
    help: 'Bytes sent on a link.',
    read: ({ sentBytesTotal }) => sentBytesTotal,
  },
  {
    metric: 'link_lost_packets_total',
    help: 'Packets lost on a link.',
    read: ({ lostPacketsTotal }) => lostPacketsTotal,
  },
  {
    metric: 'link_pulls_total',
    help: 'Times that a link stalled.',
    read: ({ stallsTotal }) => stallsTotal,
  },
];

/** Of the modem of a link in the topic `links`; undefined for a link without one. */
export const RADIO = {
  rsrp_dbm: {
    unit: 'dbm',
    digits: 1,
    help: 'Reference signal received power.',
    metric: 'modem_rsrp_dbm',
    read: (modem) => modem?.rsrpDbm,
  },
  rsrq_db: {
    unit: 'db',
    digits: 1,
    help: 'Reference signal received quality.',
    metric: 'modem_rsrq_db',
    read: (modem) => modem?.rsrqDb,
  },
  sinr_db: {
    unit: 'db',
    digits: 1,
    help: 'Signal to interference and noise ratio.',
    metric: 'modem_sinr_db',
    read: (modem) => modem?.sinrDb,
  },
} as const satisfies Table<ModemState | undefined>;

/** A modem with what its SIM carried this month. */
export type CountedModem = ModemState & { readonly usedBytes?: number | undefined };

/** In Prometheus only. */
export const MODEM: readonly Figure<CountedModem>[] = [
  {
    metric: 'modem_received_bytes_total',
    unit: 'b',
    help: "Bytes received on a modem's interface, of all programs.",
    read: ({ rxBytesTotal }) => rxBytesTotal,
  },
  {
    metric: 'modem_sent_bytes_total',
    unit: 'b',
    help: "Bytes sent on a modem's interface, of all programs.",
    read: ({ txBytesTotal }) => txBytesTotal,
  },
  {
    metric: 'modem_month_bytes',
    unit: 'b',
    help: "A SIM's traffic this month, both ways.",
    read: ({ usedBytes }) => usedBytes,
  },
];
