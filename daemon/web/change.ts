/** What a page was told last, each key as the JSON text it was sent as. */
export type Told = Readonly<Record<string, string>>;

export interface Difference {
  readonly told: Told;
  readonly set: Readonly<Record<string, unknown>>;
  /** Keys whose value is undefined now. */
  readonly gone: readonly string[];
}

/**
 * What of `now` is not as it was told. Whole keys of the top level: a battery or a
 * list of links is small, and a page that replaces it as a whole cannot go wrong.
 */
export function differenceOf(before: Told, now: object): Difference {
  const told: Record<string, string> = {};
  const set: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(now)) {
    if (value === undefined) continue;
    const text = JSON.stringify(value);
    told[key] = text;
    if (before[key] !== text) set[key] = value;
  }
  return { told, set, gone: Object.keys(before).filter((key) => !(key in told)) };
}
