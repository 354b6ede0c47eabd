/** The figures of a report in words. Pure. */
import { fill } from '../../../pipelines/player/text/fill.ts';
import { formatClock, formatsIn } from '../../figures/formats-in.ts';
import type { DropReport } from '../../model/drop-report.ts';
import { localTime } from '../../model/rounding.ts';
import type { ReportTexts } from '../text/en.ts';

const NONE = '–';

type Texts = ReportTexts['page'];
type Row = readonly [name: string, value: (report: DropReport) => string];

const orNone = <T>(value: T | null | undefined, write: (value: T) => string) =>
  value === null || value === undefined ? NONE : write(value);
const count = (value: number | null) => orNone(value, String);
const seconds = (value: number | null) => orNone(value, (s) => `${s.toFixed(2)} s`);

export function rowsIn(says: Texts, locale: string): readonly Row[] {
  return [
    [says.started, ({ started }) => localTime(Date.parse(started), locale)],
    [
      says.length,
      ({ started, ended }) => duration((Date.parse(ended) - Date.parse(started)) / 1000),
    ],
    [says.viewersAtMost, ({ viewers_peak }) => count(viewers_peak)],
    [says.delayHalf, ({ latency_s }) => seconds(latency_s.p50)],
    [says.delayMost, ({ latency_s }) => seconds(latency_s.p95)],
    [says.stalls, ({ stalls }) => count(stalls)],
    [says.switches, ({ switches }) => count(switches)],
    [says.hearts, ({ hearts }) => count(hearts)],
    [says.clips, ({ clips }) => count(clips)],
    [says.slips, ({ prints }) => count(prints)],
    [says.orders, ({ sales }) => orNone(sales, (sold) => salesText(sold, says, locale))],
    [says.linksLost, ({ failovers }) => count(failovers)],
    [says.battery, ({ battery }) => orNone(battery, (used) => batteryText(used, says))],
    [says.sound, ({ sound }) => orNone(sound, (level) => soundText(level, says))],
  ];
}

function soundText(
  { peak_dbfs, silence_s }: NonNullable<DropReport['sound']>,
  says: Texts,
): string {
  return fill(says.soundOf, { peak: peak_dbfs.toFixed(1), time: duration(silence_s) });
}

function salesText(
  { orders, pieces, amounts }: NonNullable<DropReport['sales']>,
  says: Texts,
  locale: string,
): string {
  const { formatPrice } = formatsIn(locale);
  const sums = amounts.map(({ currency, amount_minor }) => formatPrice(amount_minor, currency));
  const sold = fill(says.sold, { orders: String(orders), pieces: String(pieces) });
  return [sold, ...sums].join(', ');
}

function batteryText(battery: NonNullable<DropReport['battery']>, says: Texts): string {
  const { start_ratio, end_ratio, on_battery } = battery;
  const values = { from: percent(start_ratio), to: percent(end_ratio) };
  return fill(on_battery ? says.batteryUsed : says.onMains, values);
}

export const percent = (ratio: number) => `${Math.round(ratio * 100)} %`;

export const duration = (s: number) => formatClock(Math.round(s) * 1000);
