/** Who is watching, by the pages' own reports. */
import * as v from 'valibot';

/** A page reports this often; one without three reports has left. */
export const BEACON_EVERY_MS = 5_000;
const GONE_AFTER_MS = 3 * BEACON_EVERY_MS + 1_000;

const VIEWERS_MAX = 5_000;
const STARTUPS_MAX = 512;

/** What a player page reports. The id is random, lives as long as the page and is never stored. */
export const beaconSchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[\w-]{8,32}$/)),
  player: v.picklist(['venuebox', 'hls.js', 'native']),
  rendition: v.pipe(v.string(), v.regex(/^[\w-]{0,32}$/)),
  /** From opening the page, or from when there was a stream, to the first frame; reported once. */
  startupMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(600_000))),
  /** From the camera to the screen, as the player measures it. */
  latencyMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(600_000))),
  /** Since the last beacon. */
  stalls: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000)),
  stalledMs: v.pipe(v.number(), v.minValue(0), v.maxValue(600_000)),
});

export type Beacon = v.InferOutput<typeof beaconSchema>;

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly n: number;
}

export interface ViewerFigures {
  readonly viewers: number;
  readonly byPlayer: Readonly<Record<string, number>>;
  readonly stallsTotal: number;
  readonly stalledMsTotal: number;
  readonly startupMs: Quantiles | undefined;
  readonly latencyMsByRendition: Readonly<Record<string, Quantiles>>;
}

/** Bounded; it uses no cookies and no addresses. */
export class Viewers {
  readonly #seen = new Map<string, { readonly beacon: Beacon; readonly atMs: number }>();
  readonly #startups: number[] = [];
  readonly #isRendition: (id: string) => boolean;
  #stallsTotal = 0;
  #stalledMsTotal = 0;

  /** @param isRendition True for a rendition of this stream; reports for others are false. */
  constructor(isRendition: (id: string) => boolean) {
    this.#isRendition = isRendition;
  }

  add(beacon: Beacon, nowMs: number): void {
    this.#expire(nowMs);
    if (!this.#seen.has(beacon.id) && this.#seen.size >= VIEWERS_MAX) return;
    this.#seen.set(beacon.id, { beacon, atMs: nowMs });
    this.#stallsTotal += beacon.stalls;
    this.#stalledMsTotal += beacon.stalledMs;
    if (beacon.startupMs === undefined) return;
    this.#startups.push(beacon.startupMs);
    if (this.#startups.length > STARTUPS_MAX) this.#startups.shift();
  }

  figures(nowMs: number): ViewerFigures {
    this.#expire(nowMs);
    const byPlayer: Record<string, number> = {};
    const latencies = new Map<string, number[]>();
    for (const { beacon } of this.#seen.values()) {
      byPlayer[beacon.player] = (byPlayer[beacon.player] ?? 0) + 1;
      if (beacon.latencyMs === undefined || !this.#isRendition(beacon.rendition)) continue;
      const list = latencies.get(beacon.rendition) ?? [];
      list.push(beacon.latencyMs);
      latencies.set(beacon.rendition, list);
    }
    return {
      viewers: this.#seen.size,
      byPlayer,
      stallsTotal: this.#stallsTotal,
      stalledMsTotal: this.#stalledMsTotal,
      startupMs: quantiles(this.#startups),
      latencyMsByRendition: Object.fromEntries(
        [...latencies].flatMap(([rendition, list]) => {
          const figures = quantiles(list);
          return figures === undefined ? [] : [[rendition, figures]];
        }),
      ),
    };
  }

  #expire(nowMs: number): void {
    for (const [id, { atMs }] of this.#seen) {
      if (nowMs - atMs > GONE_AFTER_MS) this.#seen.delete(id);
    }
  }
}

/** p50 and p95 by the nearest rank; undefined without values. */
export function quantiles(values: readonly number[]): Quantiles | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q: number) => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), n: sorted.length };
}
