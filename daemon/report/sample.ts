/** The figures of a snapshot that a drop's report plots. Pure. */
import { withoutStale } from '../model/freshness.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { Column, Sample } from './series.ts';

/** What is counted since the start of the drop, by its report. */
export interface Totals {
  readonly stalls?: number | undefined;
  readonly switches?: number | undefined;
  readonly hearts?: number | undefined;
  readonly prints?: number | undefined;
  readonly orders?: number | undefined;
  readonly clips?: number | undefined;
}

export function sampleOf(box: BoxSnapshot, totals: Totals): Sample {
  const { battery, media, uplink, levels } = withoutStale(box);
  const watched = mostWatched(media);
  const known = battery.phase === 'known' ? battery : undefined;
  const values: Partial<Record<Column, number | undefined>> = {
    viewers: media?.viewers.viewers,
    latency_p50_s: watched && watched.p50 / 1000,
    latency_p95_s: watched && watched.p95 / 1000,
    ...totals,
    charge_ratio: known?.chargePct === undefined ? undefined : known.chargePct / 100,
    power_w: known?.powerMw === undefined ? undefined : known.powerMw / 1000,
    peak_dbfs: highest(levels?.peakDbfs),
    rms_dbfs: highest(levels?.rmsDbfs),
    uplink_bps: uplink?.bitrateBps,
  };
  const links = (uplink?.bond?.links ?? []).map(
    ({ id, bitrateBps }) => [id, Math.round(bitrateBps)] as const,
  );
  return { values: finite(values), links: Object.fromEntries(links) };
}

/** Delays of the rendition with the most viewers. */
export function mostWatched(media: BoxSnapshot['media']) {
  const latencies = Object.values(media?.viewers.latencyMsByRendition ?? {});
  return latencies.toSorted((a, b) => b.n - a.n)[0];
}

/** Of all channels. */
function highest(channels: readonly number[] | undefined): number | undefined {
  return channels === undefined || channels.length === 0 ? undefined : Math.max(...channels);
}

/** JSON knows no infinite silence. */
function finite<K extends string>(
  values: Readonly<Partial<Record<K, number | undefined>>>,
): Partial<Record<K, number>> {
  const known = Object.entries(values).filter(
    (entry): entry is [K, number] => typeof entry[1] === 'number' && Number.isFinite(entry[1]),
  );
  return Object.fromEntries(
    known.map(([key, value]) => [key, Math.round(value * 1000) / 1000]),
  ) as Partial<Record<K, number>>;
}
