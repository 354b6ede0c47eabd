import type { ModemState } from '../../hal/modem/port.ts';
import type { LinkSnapshot } from '../../pipelines/bond/core/snapshot.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { type Metric, type Sample, scaled } from './metric.ts';

/** Prometheus has no bits. */
const BYTES_PER_BIT = 1 / 8;
const STATES = ['out', 'active', 'suspect', 'stalled'];

/** The way upstream: SRT, the bonded links, the modems behind them. */
export const uplinkMetrics: readonly Metric[] = [
  {
    name: 'venuebox_uplink_connected',
    help: '1 while the SRT receiver is connected; absent while no uplink is wanted.',
    type: 'gauge',
    samples: ({ uplink }) =>
      uplink === undefined || uplink.phase === 'off'
        ? []
        : [[Number(uplink.phase === 'connected')]],
  },
  {
    name: 'venuebox_uplink_bytes_per_second',
    help: "What goes to SRT, without bonding's additions.",
    type: 'gauge',
    samples: ({ uplink }) => [[scaled(uplink?.bitrateBps, BYTES_PER_BIT)]],
  },
  {
    name: 'venuebox_uplink_target_bytes_per_second',
    help: 'What the encoder is asked for.',
    type: 'gauge',
    samples: ({ uplink }) => [[scaled(uplink?.targetBps, BYTES_PER_BIT)]],
  },
  {
    name: 'venuebox_srt_rtt_seconds',
    help: 'Round trip, as SRT has it.',
    type: 'gauge',
    samples: ({ uplink }) => [[scaled(uplink?.srt?.rttMs, 0.001)]],
  },
  {
    name: 'venuebox_srt_retransmitted_packets_total',
    help: 'Packets that SRT sent again.',
    type: 'counter',
    samples: ({ uplink }) => [[uplink?.srt?.retransmittedTotal]],
  },
  {
    name: 'venuebox_srt_dropped_packets_total',
    help: 'Packets too late to be sent.',
    type: 'counter',
    samples: ({ uplink }) => [[uplink?.srt?.droppedTotal]],
  },
  {
    name: 'venuebox_bond_resent_packets_total',
    help: 'Packets that the bonding sent again on another link.',
    type: 'counter',
    samples: ({ uplink }) => [[uplink?.bond?.resentPacketsTotal]],
  },
  {
    name: 'venuebox_bond_dropped_packets_total',
    help: 'Packets for which there was no link.',
    type: 'counter',
    samples: ({ uplink }) => [[uplink?.bond?.droppedTotal]],
  },
  {
    name: 'venuebox_link_state',
    help: '1 for the state that a link is in, 0 for the others.',
    type: 'gauge',
    labels: ['link', 'state'],
    samples: ({ uplink }) =>
      (uplink?.bond?.links ?? []).flatMap((link) =>
        STATES.map((state) => [Number(link.state === state), { link: link.id, state }] as const),
      ),
  },
  linkMetric('rtt_seconds', 'Round trip of a link.', ({ rttMs }) => scaled(rttMs, 0.001)),
  linkMetric('loss_ratio', 'Packets lost of those sent, 0 to 1.', ({ lossPct }) => lossPct / 100),
  linkMetric('share_ratio', 'Of all bytes sent, 0 to 1.', ({ sharePct }) => sharePct / 100),
  linkMetric('bytes_per_second', 'What a link carries.', (one) => one.bitrateBps * BYTES_PER_BIT),
  linkMetric(
    'capacity_bytes_per_second',
    'What it is taken to carry.',
    (one) => one.capacityBps * BYTES_PER_BIT,
  ),
  linkTotal('sent_bytes_total', 'Bytes sent on a link.', ({ sentBytesTotal }) => sentBytesTotal),
  linkTotal(
    'lost_packets_total',
    'Packets lost on it.',
    ({ lostPacketsTotal }) => lostPacketsTotal,
  ),
  linkTotal('pulls_total', 'Times the link stalled.', ({ stallsTotal }) => stallsTotal),
  modemMetric('rsrp_dbm', 'Reference signal received power.', ({ rsrpDbm }) => rsrpDbm),
  modemMetric('rsrq_db', 'Reference signal received quality.', ({ rsrqDb }) => rsrqDb),
  modemMetric('sinr_db', 'Signal to interference and noise.', ({ sinrDb }) => sinrDb),
  modemTotal('received_bytes_total', "Of its interface, all programs'.", (one) => one.rxBytesTotal),
  modemTotal('sent_bytes_total', "Of its interface, all programs'.", (one) => one.txBytesTotal),
  modemMetric(
    'month_bytes',
    'What its SIM carried this month, both ways.',
    ({ id }, { modemMaintenance = [] }) =>
      modemMaintenance.find((care) => care.id === id)?.usedBytes,
  ),
];

type LinkValue = (link: LinkSnapshot) => number | undefined;

function linkMetric(name: string, help: string, value: LinkValue): Metric {
  const samples = ({ uplink }: BoxSnapshot): readonly Sample[] =>
    (uplink?.bond?.links ?? []).map((link) => [value(link), { link: link.id }]);
  return { name: `venuebox_link_${name}`, help, type: 'gauge', labels: ['link'], samples };
}

function linkTotal(name: string, help: string, value: LinkValue): Metric {
  return { ...linkMetric(name, help, value), type: 'counter' };
}

function modemMetric(
  name: string,
  help: string,
  value: (modem: ModemState, box: BoxSnapshot) => number | undefined,
): Metric {
  return {
    name: `venuebox_modem_${name}`,
    help,
    type: 'gauge',
    labels: ['modem', 'operator', 'technology'],
    samples: (box) =>
      box.modems.phase !== 'known'
        ? []
        : box.modems.modems.map((modem) => [
            value(modem, box),
            {
              modem: modem.interfaceName ?? modem.id,
              operator: modem.operator ?? '',
              technology: modem.technology,
            },
          ]),
  };
}

function modemTotal(
  name: string,
  help: string,
  value: (modem: ModemState) => number | undefined,
): Metric {
  return { ...modemMetric(name, help, value), type: 'counter' };
}
