/** Figures and times in short, readable form, as the page's language writes them. Pure. */

import { formatsIn, localeOf } from '../../../figures/formats-in.ts';
import { language } from '../text/texts.ts';

export { formatClock } from '../../../figures/formats-in.ts';
export const { formatDecimal, formatBps, formatBytes, formatPrice } = formatsIn(language);

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
  return `${at.toLocaleDateString(localeOf(language), { day: 'numeric', month: 'short' })}, ${time}`;
}

/** Local time of day with seconds. */
export function formatTime(atMs: number): string {
  return new Date(atMs).toTimeString().slice(0, 8);
}
