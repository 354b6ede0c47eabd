/** Figures of pushed streams. */
import type { PushFigures } from '../../pipelines/push/channel.ts';
import type { Table } from './figure.ts';

/** Pushed streams, by part or by frame. */
export const PUSH = {
  clients: {
    metric: 'push_clients',
    help: 'Clients that a stream is pushed to.',
    read: ({ clients }) => clients,
  },
  skipped: {
    metric: 'push_skipped_total',
    help: 'Times that a client of a pushed stream did not keep up and skipped to a key frame.',
    read: ({ skippedTotal }) => skippedTotal,
  },
  slow: {
    metric: 'push_slow_total',
    help: 'Clients of a pushed stream that were sent to fetch parts, as they did not keep up.',
    read: ({ slowTotal }) => slowTotal,
  },
} as const satisfies Table<PushFigures>;
