import { type EdgeReport, hitRatioOf } from '../../../pipelines/edge/state.ts';
import type { Quantiles } from '../../../pipelines/origin/viewers.ts';
import { clipText, orNull, round, rounded } from '../../model/rounding.ts';
import type { BoxSnapshot } from '../../model/snapshot.ts';
import type { Body } from './topics.ts';

/** The picture on its way out: encoder, the upstream connection, viewers. */
export function reportStream(
  { encoder, media, uplink }: BoxSnapshot,
  renditions: readonly string[],
): Body<'stream'> {
  const srt = uplink?.srt;
  return {
    state: media === undefined ? 'off' : media.isFlowing ? 'flowing' : 'starting',
    encoder: clipText(encoder, 64),
    renditions: renditions.slice(0, 8),
    frames_dropped: media?.repeatedFramesTotal ?? null,
    srt: {
      state: uplink?.phase ?? null,
      rtt_s: seconds(srt?.rttMs),
      retrans: srt?.retransmittedTotal ?? null,
      lost: srt?.droppedTotal ?? null,
      latency_s: seconds(srt?.latencyMs),
      bitrate_bps: rounded(uplink?.bitrateBps, 0),
      target_bps: rounded(uplink?.targetBps, 0),
    },
    hls: {
      parts: media?.partsTotal ?? null,
      viewers: media?.viewers.viewers ?? null,
      latency_s: mergeLatencies(Object.values(media?.viewers.latencyMsByRendition ?? {})),
    },
    edge: media?.edge === undefined ? null : reportEdge(media.edge),
  };
}

function reportEdge(edge: EdgeReport): Body<'stream'>['edge'] {
  return {
    state: edge.upstream.phase,
    hit_ratio: rounded(hitRatioOf(edge), 4),
    requests: edge.upstreamTotal,
    failed: edge.upstreamFailuresTotal,
    stale: edge.staleTotal,
  };
}

/**
 * One figure over all renditions: `p50` is their medians' mean by viewers, `p95`
 * the worst rendition's, for no quantile of the whole can be had from those of parts.
 */
export function mergeLatencies(parts: readonly Quantiles[]): Body<'stream'>['hls']['latency_s'] {
  const told = parts.filter(({ n }) => n > 0);
  const n = told.reduce((sum, part) => sum + part.n, 0);
  if (n === 0) return { p50: null, p95: null, n: 0 };
  const medianMs = told.reduce((sum, part) => sum + part.p50 * part.n, 0) / n;
  return {
    p50: round(medianMs / 1000, 2),
    p95: round(Math.max(...told.map(({ p95 }) => p95)) / 1000, 2),
    n,
  };
}

function seconds(ms: number | undefined): number | null {
  return rounded(orNull(ms, (value) => value / 1000) ?? undefined, 3);
}
