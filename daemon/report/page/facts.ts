/** The figures of a report in words. Pure. */
import type { DropReport } from '../../model/drop-report.ts';

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
  const sums = amounts.map(({ currency, amount_minor }) => money(amount_minor, currency));
  const [sold, made] = [orders === 1 ? 'order' : 'orders', pieces === 1 ? 'piece' : 'pieces'];
  return [`${orders} ${sold}, ${pieces} ${made}`, ...sums].join(', ');
}

/** In the smallest unit of the currency. */
export function money(minor: number, currency: string): string {
  try {
    const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
    return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
  } catch {
    return `${minor} ${currency}`;
  }
}

function batteryText(battery: NonNullable<DropReport['battery']>): string {
  const { start_ratio, end_ratio, on_battery } = battery;
  const mains = on_battery ? '' : ', on mains';
  return `${percent(start_ratio)} to ${percent(end_ratio)}${mains}`;
}

export const percent = (ratio: number) => `${Math.round(ratio * 100)} %`;

export function bitrate(bps: number): string {
  return bps >= 1e6 ? `${(bps / 1e6).toFixed(2)} Mb/s` : `${Math.round(bps / 1e3)} kb/s`;
}

export function bytes(value: number): string {
  return value >= 1e9 ? `${(value / 1e9).toFixed(2)} GB` : `${(value / 1e6).toFixed(1)} MB`;
}

/** `1:04:05`, `4:05`. */
export function duration(s: number): string {
  const whole = Math.max(0, Math.round(s));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

export function localTime(rfc3339: string): string {
  const at = new Date(rfc3339);
  return at.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
