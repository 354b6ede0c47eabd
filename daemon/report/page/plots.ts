/** Which plots a report has, and their data. Pure. */
import type { DropRecord } from '../record.ts';
import type { Column } from '../series.ts';
import type { ReportTexts } from '../text/en.ts';

export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

export interface Plot {
  readonly title: string;
  readonly unit: string;
  /** Seconds since the start of the drop. */
  readonly atS: readonly number[];
  readonly lines: readonly Line[];
}

interface Kind {
  readonly title: string;
  readonly unit: string;
  readonly columns: readonly (readonly [Column, string])[];
  readonly scale?: number;
}

const kindsIn = (says: ReportTexts['page']): readonly Kind[] => [
  {
    title: says.delay,
    unit: 's',
    columns: [
      ['latency_p50_s', says.half],
      ['latency_p95_s', '95 %'],
    ],
  },
  { title: says.viewers, unit: '', columns: [['viewers', says.viewersLine]] },
  {
    title: says.stallsInAll,
    unit: '',
    columns: [
      ['stalls', says.stallsLine],
      ['switches', says.switchesLine],
    ],
  },
  { title: says.uplink, unit: 'Mb/s', columns: [['uplink_bps', says.sentLine]], scale: 1e-6 },
  {
    title: says.battery,
    unit: '%',
    columns: [['charge_ratio', says.charge]],
    scale: 100,
  },
  { title: says.charging, unit: 'W', columns: [['power_w', says.power]] },
  {
    title: says.sound,
    unit: 'dBFS',
    columns: [
      ['peak_dbfs', says.peak],
      ['rms_dbfs', says.mean],
    ],
  },
  { title: says.heartsInAll, unit: '', columns: [['hearts', says.heartsLine]] },
  {
    title: says.shopInAll,
    unit: '',
    columns: [
      ['orders', says.ordersLine],
      ['prints', says.slipsLine],
      ['clips', says.clipsLine],
    ],
  },
];

/** Plots of nothing but unknown values are left out. */
export function plotsOf(
  records: readonly DropRecord[],
  names: readonly string[],
  says: ReportTexts['page'],
): readonly Plot[] {
  const plots = kindsIn(says).map(({ title, unit, columns, scale = 1 }) => {
    const lines = records.flatMap((record, i) =>
      columns.map(([column, label]) => ({
        label: labelOf(label, names, i),
        atS: record.series.at_s,
        values: scaled(record.series.columns[column] ?? [], scale),
      })),
    );
    return { title, unit, ...align(lines) };
  });
  const links = records.flatMap((record, i) =>
    Object.entries(record.series.links).map(([id, values]) => ({
      label: labelOf(id, names, i),
      atS: record.series.at_s,
      values: scaled(values, 1e-6),
    })),
  );
  const all = [
    ...plots,
    { title: says.links, unit: 'Mb/s', ...align(links) },
    shareOf(records, names, says.linkShares),
  ];
  return all.filter(({ lines }) => lines.length > 0);
}

/** What each link carried of all, in per cent. */
function shareOf(records: readonly DropRecord[], names: readonly string[], title: string): Plot {
  const lines = records.flatMap(({ series }, i) => {
    const sums = series.at_s.map((_, at) =>
      Object.values(series.links).reduce((sum, values) => sum + (values[at] ?? 0), 0),
    );
    return Object.entries(series.links).map(([id, values]) => ({
      label: labelOf(id, names, i),
      atS: series.at_s,
      values: values.map((value, at) => {
        const sum = sums[at] ?? 0;
        return value === null || sum === 0 ? null : (100 * value) / sum;
      }),
    }));
  });
  return { title, unit: '%', ...align(lines) };
}

/** Of two drops each line says which one it is of. */
function labelOf(label: string, names: readonly string[], i: number): string {
  return names.length > 1 ? `${label}, ${names[i] ?? ''}` : label;
}

const scaled = (values: readonly (number | null)[], scale: number) =>
  values.map((value) => (value === null ? null : value * scale));

/** Lines of two drops over one axis: a time that one of them does not have is a gap. */
function align(
  lines: readonly (Line & { readonly atS: readonly number[] })[],
): Pick<Plot, 'atS' | 'lines'> {
  const known = lines.filter(({ values }) => values.some((value) => value !== null));
  const atS = [...new Set(known.flatMap((line) => line.atS))].sort((a, b) => a - b);
  const aligned = known.map(({ label, atS: own, values }) => {
    const byTime = new Map(own.map((at, i) => [at, values[i] ?? null]));
    return { label, values: fill(atS, own, byTime) };
  });
  return { atS, lines: aligned };
}

/** Between two of its own points a line goes on where it was. */
function fill(
  atS: readonly number[],
  own: readonly number[],
  byTime: ReadonlyMap<number, number | null>,
): readonly (number | null)[] {
  const endS = own.at(-1) ?? 0;
  let last: number | null = null;
  return atS.map((at) => {
    const value = byTime.get(at);
    if (value !== undefined) last = value;
    return at > endS ? null : last;
  });
}
