/** Figures as they are shown: no more digits than are true, and nothing that JSON cannot say. */

/** To so many decimal places. Budgets are measured in bytes, and digits are bytes. */
export function round(value: number, places: number): number {
  const factor = 10 ** places;
  return Math.round(value * factor) / factor;
}

/** Null for what is absent, and for what is no finite number. */
export function rounded(value: number | undefined, places: number): number | null {
  return value === undefined || !Number.isFinite(value) ? null : round(value, places);
}

export function orNull<T, R>(value: T | undefined, map: (value: T) => R): R | null {
  return value === undefined ? null : map(value);
}

/** Text of devices and operators has no guaranteed length. */
export function clipText(text: string, most: number): string {
  if (text.length <= most) return text;
  // Half a surrogate pair would be no UTF-8.
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** `2 h 05 min`, `3 min 20 s`, `7 s`; a clock that was set back counts as none. */
export function renderDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (h > 0) return `${h} h ${String(min).padStart(2, '0')} min`;
  return min > 0 ? `${min} min ${String(s).padStart(2, '0')} s` : `${s} s`;
}

/** `29 Nov 2026, 20:15`, in the box's time zone. */
export function localTime(wallMs: number, locale = 'en-GB'): string {
  const format = { dateStyle: 'medium', timeStyle: 'short' } as const;
  return new Date(wallMs).toLocaleString(locale, format);
}

/** `29 Nov 2026`, in the box's time zone. */
export function localDay(wallMs: number): string {
  return new Date(wallMs).toLocaleDateString('en-GB', { dateStyle: 'medium' });
}
