/** Figures and times in short, readable form, as the page's language writes them. Pure. */
import { language } from '../text/texts.ts';

const FORMATS = [0, 1, 2].map(
  (digits) =>
    new Intl.NumberFormat(language, {
      ...{ minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false },
    }),
);

/** @param digits After the point, which is a comma in most languages. */
export function formatDecimal(value: number, digits: 0 | 1 | 2): string {
  return FORMATS[digits]?.format(value) ?? String(value);
}

export function formatBps(bps: number): string {
  if (bps >= 1e6) return `${formatDecimal(bps / 1e6, 1)} Mb/s`;
  return `${Math.round(bps / 1e3)} kb/s`;
}

export function formatBytes(bytes: number): string {
  if (bytes >= 1e12) return `${formatDecimal(bytes / 1e12, 1)} TB`;
  if (bytes >= 1e9) return `${formatDecimal(bytes / 1e9, 1)} GB`;
  return `${Math.round(bytes / 1e6)} MB`;
}

/** `45 s`, `12 min`, `3 h 05`, `4 d`. */
export function formatSpan(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 72) return `${Math.floor(hours / 24)} d`;
  return `${hours} h ${String(minutes % 60).padStart(2, '0')}`;
}

/** A running clock: `4:05`, `1:04:05`. */
export function formatClock(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return `${minutes}:${two(s % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(s % 60)}`;
}

export function formatMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${formatDecimal(ms / 1000, 2)} s`;
}

export function formatPct(pct: number): string {
  return `${pct > 0 && pct < 9.95 ? formatDecimal(pct, 1) : Math.round(pct)} %`;
}

/** `20:15`; with the date where it is another day than now: `29 Nov, 20:15`. */
export function formatMinute(atMs: number, nowMs: number): string {
  const [at, now] = [new Date(atMs), new Date(nowMs)];
  const time = at.toTimeString().slice(0, 5);
  if (at.toDateString() === now.toDateString()) return time;
  return `${at.toLocaleDateString(language === 'en' ? 'en-GB' : language, { day: 'numeric', month: 'short' })}, ${time}`;
}

/** Local time of day with seconds. */
export function formatTime(atMs: number): string {
  return new Date(atMs).toTimeString().slice(0, 8);
}

/** @param minor In the smallest unit of the currency. */
export function formatPrice(minor: number, currency: string): string {
  const format = new Intl.NumberFormat(language, { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits);
}
