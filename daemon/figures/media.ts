/** Figures of the picture on its way to the viewers. */
import { type EdgeReport, hitRatioOf } from '../../pipelines/edge/state.ts';
import type { Quantiles } from '../../pipelines/origin/viewers.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { type Figure, scaled, type Table } from './figure.ts';

/** In the topic `stream`. */
export const STREAM = {
  frames_dropped: {
    help: 'Frames that the camera left out.',
    metric: 'frames_held_total',
    read: ({ media }) => media?.repeatedFramesTotal,
  },
} as const satisfies Table<BoxSnapshot>;

/** `hls` of the topic `stream`. */
export const HLS = {
  parts: {
    help: 'LL-HLS parts that were published.',
    metric: 'parts_total',
    read: ({ media }) => media?.partsTotal,
  },
  viewers: {
    help: 'Pages that are watching.',
    metric: 'viewers',
    entity: { id: 'viewers', name: 'Viewers', icon: 'mdi:account-group' },
    read: ({ media }) => media?.viewers.viewers,
  },
  hearts: {
    help: 'Hearts that guests have sent since the stream began.',
    metric: 'hearts_total',
    entity: { id: 'hearts', name: 'Hearts', icon: 'mdi:heart' },
    read: ({ media }) => media?.viewers.heartsTotal,
  },
} as const satisfies Table<BoxSnapshot>;

/** `hls.latency_s` of the topic `stream`: of all renditions. */
export const LATENCY = {
  p50: {
    unit: 's',
    digits: 2,
    help: 'From the camera to the screen, the median of the viewers.',
    entity: { id: 'latency', name: 'Viewers behind' },
    read: ({ media }) => scaled(latencyMs(media)?.p50, 0.001),
  },
  p95: {
    unit: 's',
    digits: 2,
    help: 'From the camera to the screen, 95th percentile of the slowest rendition.',
    read: ({ media }) => scaled(latencyMs(media)?.p95, 0.001),
  },
  n: {
    help: 'Viewers that reported their latency.',
    isRequired: true,
    read: ({ media }) => latencyMs(media)?.n ?? 0,
  },
} as const satisfies Table<BoxSnapshot>;

function latencyMs(media: BoxSnapshot['media']): Quantiles | undefined {
  return mergeLatencies(Object.values(media?.viewers.latencyMsByRendition ?? {}));
}

/**
 * One figure over all renditions: `p50` is their medians' mean by viewers, `p95` the worst
 * rendition's, as no quantile of a set can be had from those of its parts.
 */
export function mergeLatencies(parts: readonly Quantiles[]): Quantiles | undefined {
  const known = parts.filter(({ n }) => n > 0);
  const n = known.reduce((sum, part) => sum + part.n, 0);
  if (n === 0) return undefined;
  const p50 = known.reduce((sum, part) => sum + part.p50 * part.n, 0) / n;
  return { p50, p95: Math.max(...known.map(({ p95 }) => p95)), n };
}

/** One percentile, in ms. */
export const PART_LAG: readonly Figure<number | undefined>[] = [
  {
    metric: 'part_lag_seconds',
    unit: 's',
    help: "From a part's last captured frame until it can be served.",
    read: (ms) => scaled(ms, 0.001),
  },
];

export const VIEWER_LATENCY: Figure<number | undefined> = {
  metric: 'viewer_latency_seconds',
  unit: 's',
  digits: 3,
  help: 'From the camera to the screen, as the pages report it.',
  read: (ms) => scaled(ms, 0.001),
};

export const VIEWER_STARTUP: readonly Figure<number | undefined>[] = [
  {
    metric: 'viewer_startup_seconds',
    unit: 's',
    help: 'From opening the page to the first frame, as the pages report it.',
    read: (ms) => scaled(ms, 0.001),
  },
];

export const STALLS: Figure<BoxSnapshot> = {
  metric: 'viewer_stalls_total',
  help: 'Times that a page had nothing to play.',
  read: ({ media }) => media?.viewers.stallsTotal,
};

/** In Prometheus only. */
export const MEDIA: readonly Figure<BoxSnapshot>[] = [
  {
    metric: 'media_flowing',
    unit: 'boolean',
    help: '1 while frames reach the viewers.',
    read: ({ media }) => media?.isFlowing,
  },
  STALLS,
  {
    metric: 'viewer_stalled_seconds_total',
    unit: 's',
    help: 'Time that pages had nothing to play.',
    read: ({ media }) => scaled(media?.viewers.stalledMsTotal, 0.001),
  },
  {
    metric: 'http_connections',
    help: "Connections to the viewers' server.",
    read: ({ media }) => media?.http.connections,
  },
  {
    metric: 'http_requests_total',
    help: 'Requests that were answered.',
    read: ({ media }) => media?.http.requestsTotal,
  },
  {
    metric: 'http_sent_bytes_total',
    unit: 'b',
    help: 'Bytes sent to viewers.',
    read: ({ media }) => media?.http.sentBytesTotal,
  },
  {
    metric: 'http_refused_total',
    help: 'Connections refused because there were too many.',
    read: ({ media }) => media?.http.refusedTotal,
  },
  {
    metric: 'http_dropped_slow_total',
    help: 'Viewers disconnected because they received nothing for too long.',
    read: ({ media }) => media?.http.droppedSlowTotal,
  },
  {
    metric: 'http_failed_total',
    help: 'Requests that failed by an error of the box; the journal says which.',
    read: ({ media }) => media?.http.failedTotal,
  },
];

/** `edge` of the topic `stream`: a box that shows the stream of another one. */
export const EDGE = {
  state: {
    unit: 'state',
    options: ['asking', 'live', 'waiting', 'away'],
    label: 'state',
    help: 'State of the upstream.',
    metric: 'edge_upstream_state',
    isRequired: true,
    read: ({ upstream }) => upstream.phase,
  },
  hit_ratio: {
    unit: 'ratio',
    digits: 4,
    help: 'Requests answered without one to the upstream, 0 to 1.',
    read: hitRatioOf,
  },
  requests: {
    help: 'Requests to the upstream.',
    metric: 'edge_upstream_requests_total',
    isRequired: true,
    read: ({ upstreamTotal }) => upstreamTotal,
  },
  failed: {
    help: 'Requests to the upstream without a usable answer.',
    metric: 'edge_upstream_failures_total',
    isRequired: true,
    read: ({ upstreamFailuresTotal }) => upstreamFailuresTotal,
  },
  stale: {
    help: 'Requests answered with old data because the upstream did not answer.',
    metric: 'edge_stale_total',
    isRequired: true,
    read: ({ staleTotal }) => staleTotal,
  },
} as const satisfies Table<EdgeReport>;

export const EDGE_HELD: Figure<EdgeReport> = {
  metric: 'edge_held_bytes',
  unit: 'b',
  help: "Memory used for the upstream's stream.",
  read: ({ heldBytes }) => heldBytes,
};

/** In Prometheus only. */
export const EDGE_CACHE: readonly Figure<EdgeReport>[] = [
  {
    metric: 'edge_requests_total',
    help: "Viewers' requests for the upstream's stream.",
    read: ({ requestsTotal }) => requestsTotal,
  },
  {
    metric: 'edge_hits_total',
    help: 'Requests answered from memory.',
    read: ({ hitsTotal }) => hitsTotal,
  },
  {
    metric: 'edge_collapsed_total',
    help: "Requests answered by the fetch of another viewer's request.",
    read: ({ collapsedTotal }) => collapsedTotal,
  },
  EDGE_HELD,
];
