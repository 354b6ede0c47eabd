import type { Metric } from './metric.ts';

const PHASES = ['asking', 'live', 'waiting', 'away'] as const;

/** Of a box that shows another one's stream. */
export const edgeMetrics: readonly Metric[] = [
  {
    name: 'venuebox_edge_upstream_state',
    help: '1 for how the upstream is, 0 for the other states.',
    type: 'gauge',
    labels: ['state'],
    samples: ({ media }) => {
      const now = media?.edge?.upstream.phase;
      return now === undefined ? [] : PHASES.map((state) => [Number(state === now), { state }]);
    },
  },
  {
    name: 'venuebox_edge_requests_total',
    help: "Viewers' requests for the upstream's stream.",
    type: 'counter',
    samples: ({ media }) => [[media?.edge?.requestsTotal]],
  },
  {
    name: 'venuebox_edge_hits_total',
    help: 'Of those, answered from memory.',
    type: 'counter',
    samples: ({ media }) => [[media?.edge?.hitsTotal]],
  },
  {
    name: 'venuebox_edge_collapsed_total',
    help: "Of those, answered by a fetch that another viewer's request had begun.",
    type: 'counter',
    samples: ({ media }) => [[media?.edge?.collapsedTotal]],
  },
  {
    name: 'venuebox_edge_stale_total',
    help: 'Answered with what is old, since the upstream did not answer.',
    type: 'counter',
    samples: ({ media }) => [[media?.edge?.staleTotal]],
  },
  {
    name: 'venuebox_edge_upstream_requests_total',
    help: 'Requests to the upstream.',
    type: 'counter',
    samples: ({ media }) => [[media?.edge?.upstreamTotal]],
  },
  {
    name: 'venuebox_edge_upstream_failures_total',
    help: 'Of those, without an answer that could be used.',
    type: 'counter',
    samples: ({ media }) => [[media?.edge?.upstreamFailuresTotal]],
  },
  {
    name: 'venuebox_edge_held_bytes',
    help: 'Memory of what is kept of the upstream.',
    type: 'gauge',
    samples: ({ media }) => [[media?.edge?.heldBytes]],
  },
];
