/** Figures of the further receivers of a drop, and of back-fill. */
import type { BackfillFigures } from '../../pipelines/backfill/messages.ts';
import type { Destination } from '../model/destinations.ts';
import { scaled, type Table } from './figure.ts';

/** Of each destination in the topic `links`. */
export const DESTINATION = {
  state: {
    unit: 'state',
    options: ['off', 'connecting', 'connected'],
    label: 'state',
    help: 'Connection to a destination; off while no drop is live.',
    metric: 'destination_state',
    isRequired: true,
    read: ({ phase }) => phase,
  },
  tx_bps: {
    unit: 'bps',
    help: 'What a destination is sent.',
    metric: 'destination_bytes_per_second',
    isRequired: true,
    read: ({ sentBps }) => sentBps,
  },
  sent_b: {
    unit: 'b',
    help: 'Bytes that a destination was sent since its process started.',
    metric: 'destination_sent_bytes_total',
    isRequired: true,
    read: ({ sentBytesTotal }) => sentBytesTotal,
  },
  rtt_s: {
    unit: 's',
    digits: 3,
    help: 'Round trip to a destination; of SRT only.',
    metric: 'destination_rtt_seconds',
    read: ({ rttMs }) => scaled(rttMs, 0.001),
  },
  restarts: {
    help: 'How often the process of a destination was restarted.',
    metric: 'destination_restarts_total',
    isRequired: true,
    read: ({ restartsTotal }) => restartsTotal,
  },
} as const satisfies Table<Destination>;

/** `backfill` of the topic `links`. */
export const BACKFILL = {
  state: {
    unit: 'state',
    options: ['idle', 'waiting', 'sending', 'failed'],
    label: 'state',
    help: 'Back-fill: idle once the far end has all.',
    metric: 'backfill_state',
    isRequired: true,
    read: ({ phase }) => phase,
  },
  gaps: {
    help: 'Gaps that the far end has not all of yet.',
    metric: 'backfill_gaps',
    isRequired: true,
    read: ({ gaps }) => gaps,
  },
  sent_b: {
    unit: 'b',
    help: 'Bytes of recordings that the far end took.',
    metric: 'backfill_sent_bytes_total',
    isRequired: true,
    read: ({ sentBytesTotal }) => sentBytesTotal,
  },
  filled: {
    help: 'Gaps that were filled.',
    metric: 'backfill_filled_total',
    isRequired: true,
    read: ({ filledTotal }) => filledTotal,
  },
  lost: {
    help: 'Gaps of which there is no recording.',
    metric: 'backfill_lost_total',
    isRequired: true,
    read: ({ lostTotal }) => lostTotal,
  },
} as const satisfies Table<BackfillFigures>;
