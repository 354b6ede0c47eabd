/** Figures for payloads: no more digits than are true, and nothing that JSON cannot say. */

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
