/** Estimates the battery time that is left. */

import type { Mains } from './port.ts';

/**
 * Time left, from smoothed figures, as a pure step. It stays absent for the
 * first minutes after the mains went, and where neither a current nor a falling
 * charge says anything: a wrong time is worse than none.
 */
export interface EstimateInput {
  readonly atMs: number;
  readonly chargePct: number | undefined;
  readonly currentMa: number | undefined;
  readonly mains: Mains;
  /** Of the full pack; undefined: not known, and a current then says nothing of the time. */
  readonly capacityMah: number | undefined;
}

export interface EstimateState {
  readonly sinceMs: number;
  readonly lastMs: number;
  readonly currentMa: number | undefined;
  readonly chargePct: number;
  /** Thinned samples of the charge, for packs without a current. */
  readonly samples: readonly (readonly [atMs: number, pct: number])[];
}

/** Larger: calmer and later to follow a change of load. */
const SMOOTH_MS = 60_000;
/** With a current this long, without one as long as {@link SLOPE_MIN_MS}. */
const SETTLE_MS = 30_000;
const SLOPE_MIN_MS = 5 * 60_000;
const SLOPE_MIN_PCT = 1;
const SAMPLE_EVERY_MS = 15_000;
const SAMPLES = 60;
/** No reading for this long: what was learnt is too old. */
const STALE_MS = 120_000;
/** Below this draw the figure is the sensor's offset. */
const MIN_DRAW_MA = 20;
const LONGEST_S = 48 * 3600;

export function stepEstimate(
  before: EstimateState | undefined,
  input: EstimateInput,
): { readonly state: EstimateState | undefined; readonly timeLeftS: number | undefined } {
  const { atMs, chargePct, currentMa, mains, capacityMah } = input;
  if (chargePct === undefined || mains === 'on' || (currentMa ?? -1) > MIN_DRAW_MA) {
    return { state: undefined, timeLeftS: undefined };
  }
  const isFresh = before === undefined || atMs < before.lastMs || atMs - before.lastMs > STALE_MS;
  const state = isFresh ? begin(atMs, chargePct, currentMa) : follow(before, input, chargePct);
  const timeLeftS = capacityMah === undefined ? bySlope(state) : leftOf(state, capacityMah);
  const isBelievable = timeLeftS !== undefined && timeLeftS <= LONGEST_S;
  return { state, timeLeftS: isBelievable ? Math.round(timeLeftS) : undefined };
}

function begin(atMs: number, chargePct: number, currentMa: number | undefined): EstimateState {
  return { sinceMs: atMs, lastMs: atMs, chargePct, currentMa, samples: [[atMs, chargePct]] };
}

function follow(before: EstimateState, input: EstimateInput, chargePct: number): EstimateState {
  const { atMs, currentMa } = input;
  const weight = 1 - Math.exp(-(atMs - before.lastMs) / SMOOTH_MS);
  const blend = (old: number, now: number) => old + weight * (now - old);
  const lastSampleMs = before.samples.at(-1)?.[0] ?? -Infinity;
  const isDue = atMs - lastSampleMs >= SAMPLE_EVERY_MS;
  return {
    sinceMs: before.sinceMs,
    lastMs: atMs,
    chargePct: blend(before.chargePct, chargePct),
    currentMa:
      currentMa === undefined ? before.currentMa : blend(before.currentMa ?? currentMa, currentMa),
    samples: isDue
      ? [...before.samples, [atMs, chargePct] as const].slice(-SAMPLES)
      : before.samples,
  };
}

/** With a current its word counts alone: a slope beside it would jump between the two. */
function leftOf(state: EstimateState, capacityMah: number): number | undefined {
  return state.currentMa === undefined ? bySlope(state) : byCurrent(state, capacityMah);
}

function byCurrent(state: EstimateState, capacityMah: number): number | undefined {
  const { currentMa, chargePct, lastMs, sinceMs } = state;
  if (currentMa === undefined || lastMs - sinceMs < SETTLE_MS) return undefined;
  if (currentMa > -MIN_DRAW_MA) return undefined;
  return ((chargePct / 100) * capacityMah * 3600) / -currentMa;
}

/** By the least-squares line through the samples, where a current says nothing. */
function bySlope({ samples, chargePct }: EstimateState): number | undefined {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return undefined;
  if (last[0] - first[0] < SLOPE_MIN_MS || first[1] - last[1] < SLOPE_MIN_PCT) return undefined;
  const meanS = mean(samples.map(([atMs]) => (atMs - first[0]) / 1000));
  const meanPct = mean(samples.map(([, pct]) => pct));
  let over = 0;
  let under = 0;
  for (const [atMs, pct] of samples) {
    const s = (atMs - first[0]) / 1000 - meanS;
    over += s * (pct - meanPct);
    under += s * s;
  }
  const pctPerS = over / under;
  return pctPerS < 0 ? chargePct / -pctPerS : undefined;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
