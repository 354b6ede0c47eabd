import type { BoxSnapshot } from '../model/snapshot.ts';

export type Labels = Readonly<Record<string, string>>;

/** One value of a metric; one that is not known is left out, never 0. */
export type Sample = readonly [value: number | undefined, labels?: Labels];

/**
 * One metric, by Prometheus' rules for names: base units, `_total` for what only
 * grows, `_ratio` from 0 to 1 (prometheus.io, practices/naming).
 */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly labels?: readonly string[];
  readonly samples: (snapshot: BoxSnapshot) => readonly Sample[];
}

/** Of a unit into its base unit. */
export function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}
