/** The figures of a report in words. Pure. */

import { formatClock, formatsIn } from '../../figures/formats-in.ts';
import type { DropReport } from '../../model/drop-report.ts';

/** Its words are English. */
export const { formatBps, formatBytes, formatPrice } = formatsIn('en');

const NONE = '–';

type Row = readonly [name: string, value: (report: DropReport) => string];

const orNone = <T>(value: T | null | undefined, write: (value: T) => string) =>
  value === null || value === undefined ? NONE : write(value);
const count = (value: number | null) => orNone(value, String);
const seconds = (value: number | null) => orNone(value, (s) => `${s.toFixed(2)} s`);

export const ROWS: readonly Row[] = [
  ['Started', ({ started }) => localTime(started)],
  ['Length', ({ started, ended }) => duration((Date.parse(ended) - Date.parse(started)) / 1000)],
  ['Viewers at once, at most', ({ viewers_peak }) => count(viewers_peak)],
  ['Delay, half of the viewers', ({ latency_s }) => seconds(latency_s.p50)],
  ['Delay, 95 % of the viewers', ({ latency_s }) => seconds(latency_s.p95)],
  ['Stalls', ({ stalls }) => count(stalls)],
  ['Changes of rendition', ({ switches }) => count(switches)],
  ['Hearts', ({ hearts }) => count(hearts)],
  ['Clips', ({ clips }) => count(clips)],
  ['Slips printed', ({ prints }) => count(prints)],
  ['Orders', ({ sales }) => orNone(sales, salesText)],
  ['Links lost', ({ failovers }) => count(failovers)],
  ['Battery', ({ battery }) => orNone(battery, batteryText)],
  [
    'Sound',
    ({ sound }) =>
      orNone(
        sound,
        ({ peak_dbfs, silence_s }) =>
          `peak ${peak_dbfs.toFixed(1)} dBFS, silence ${duration(silence_s)}`,
      ),
  ],
];

function salesText({ orders, pieces, amounts }: NonNullable<DropReport['sales']>): string {
  const sums = amounts.map(({ currency, amount_minor }) => formatPrice(amount_minor, currency));
  const [sold, made] = [orders === 1 ? 'order' : 'orders', pieces === 1 ? 'piece' : 'pieces'];
  return [`${orders} ${sold}, ${pieces} ${made}`, ...sums].join(', ');
}

function batteryText(battery: NonNullable<DropReport['battery']>): string {
  const { start_ratio, end_ratio, on_battery } = battery;
  const mains = on_battery ? '' : ', on mains';
  return `${percent(start_ratio)} to ${percent(end_ratio)}${mains}`;
}

export const percent = (ratio: number) => `${Math.round(ratio * 100)} %`;

export const duration = (s: number) => formatClock(Math.round(s) * 1000);

export function localTime(rfc3339: string): string {
  const at = new Date(rfc3339);
  return at.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
