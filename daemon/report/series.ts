/** Figures of a drop over its time: some hundred points, however long it is. Pure but for its state. */
import * as v from 'valibot';

/** How samples of one point become one value. `last` is for totals. */
export const COLUMNS = {
  viewers: 'max',
  latency_p50_s: 'mean',
  latency_p95_s: 'max',
  stalls: 'last',
  switches: 'last',
  hearts: 'last',
  prints: 'last',
  orders: 'last',
  clips: 'last',
  charge_ratio: 'last',
  power_w: 'mean',
  peak_dbfs: 'max',
  rms_dbfs: 'mean',
  uplink_bps: 'mean',
} as const satisfies Readonly<Record<string, 'max' | 'mean' | 'last'>>;

export type Column = keyof typeof COLUMNS;

/** At one time; what is not known is left out. */
export interface Sample {
  readonly values: Readonly<Partial<Record<Column, number>>>;
  /** Bitrate of each link, in bit/s. */
  readonly links: Readonly<Record<string, number>>;
}

const LINKS_MAX = 16;
/** A plot on a large screen has twice as many pixels. */
export const POINTS_MAX = 720;
const FIRST_EVERY_S = 5;

const cells = v.array(v.nullable(v.number()));

export const seriesSchema = v.object({
  /** Seconds from one point to the next. */
  every_s: v.number(),
  /** Seconds since the start of the drop, of each point. */
  at_s: v.array(v.number()),
  /** By name, as long as `at_s`. */
  columns: v.record(v.string(), cells),
  /** Bitrate of each link, by its id. */
  links: v.record(v.string(), cells),
});

export type Series = v.InferOutput<typeof seriesSchema>;

interface Point {
  readonly atS: number;
  readonly sample: Sample;
}

export class SeriesRecorder {
  #everyS = FIRST_EVERY_S;
  #points: Point[] = [];
  /** Of the point that is still growing. */
  #pending: Sample[] = [];
  #pendingS = 0;

  /** @param before Of a drop that goes on after the box was off. */
  constructor(before?: Series) {
    if (before === undefined) return;
    this.#everyS = before.every_s;
    this.#points = pointsOf(before);
    this.#growLast();
  }

  /** @param atS Since the start of the drop; never less than before. */
  add(sample: Sample, atS: number): void {
    while (this.#pending.length > 0 && this.#slotOf(atS) !== this.#pendingS) this.#flush();
    this.#pendingS = this.#slotOf(atS);
    this.#pending.push(sample);
  }

  series(): Series {
    const all = [...this.#points, ...this.#growing()];
    const ids = [...new Set(all.flatMap(({ sample }) => Object.keys(sample.links)))];
    const column = (name: Column) => all.map(({ sample }) => sample.values[name] ?? null);
    const names = Object.keys(COLUMNS) as Column[];
    return {
      every_s: this.#everyS,
      at_s: all.map(({ atS }) => atS),
      columns: Object.fromEntries(names.map((name) => [name, column(name)])),
      links: Object.fromEntries(
        ids.slice(0, LINKS_MAX).map((id) => [id, all.map((one) => one.sample.links[id] ?? null)]),
      ),
    };
  }

  #growing(): readonly Point[] {
    return this.#pending.length === 0
      ? []
      : [{ atS: this.#pendingS, sample: merge(this.#pending) }];
  }

  #flush(): void {
    this.#points.push(...this.#growing());
    this.#pending = [];
    if (this.#points.length <= POINTS_MAX) return;
    this.#everyS *= 2;
    const slots = new Map<number, Sample[]>();
    for (const { atS, sample } of this.#points) {
      const slotS = this.#slotOf(atS);
      slots.set(slotS, [...(slots.get(slotS) ?? []), sample]);
    }
    this.#points = [...slots].map(([atS, samples]) => ({ atS, sample: merge(samples) }));
    this.#growLast();
  }

  #slotOf(atS: number): number {
    return Math.floor(atS / this.#everyS) * this.#everyS;
  }

  /** The last point may get more samples. */
  #growLast(): void {
    const last = this.#points.pop();
    if (last === undefined) return;
    this.#pendingS = last.atS;
    this.#pending = [last.sample];
  }
}

function merge(samples: readonly Sample[]): Sample {
  const names = Object.keys(COLUMNS) as Column[];
  const values = names.flatMap((name) => {
    const known = samples.flatMap((one) => one.values[name] ?? []);
    return known.length === 0 ? [] : [[name, reduce(known, COLUMNS[name])] as const];
  });
  const ids = [...new Set(samples.flatMap(({ links }) => Object.keys(links)))];
  const links = ids.map((id) => {
    const known = samples.flatMap((one) => one.links[id] ?? []);
    return [id, reduce(known, 'mean')] as const;
  });
  return { values: Object.fromEntries(values), links: Object.fromEntries(links) };
}

function reduce(known: readonly number[], how: 'max' | 'mean' | 'last'): number {
  if (how === 'max') return Math.max(...known);
  if (how === 'last') return known.at(-1) ?? 0;
  const mean = known.reduce((sum, one) => sum + one, 0) / known.length;
  return Math.round(mean * 1000) / 1000;
}

function pointsOf({ at_s, columns, links }: Series): Point[] {
  const at = (cellsByName: Series['columns'], i: number) =>
    Object.fromEntries(
      Object.entries(cellsByName).flatMap(([name, all]) => {
        const value = all[i];
        return value === undefined || value === null ? [] : [[name, value] as const];
      }),
    );
  return at_s.map((atS, i) => ({ atS, sample: { values: at(columns, i), links: at(links, i) } }));
}
