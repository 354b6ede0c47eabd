import * as v from 'valibot';

/** What each link has carried in a calendar month (UTC), against its data budget. */
export interface DataUse {
  /** For example `2026-11`. */
  readonly month: string;
  readonly bytesByLink: Readonly<Record<string, number>>;
}

const schema = v.object({
  month: v.pipe(v.string(), v.regex(/^\d{4}-\d\d$/)),
  bytesByLink: v.record(v.string(), v.pipe(v.number(), v.minValue(0))),
});

export function monthOf(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 7);
}

/** Reads what was kept. What is damaged, or of another month, counts from nothing. */
export function parseDataUse(text: string, wallMs: number): DataUse {
  const month = monthOf(wallMs);
  const kept = v.safeParse(schema, parseJson(text));
  return kept.success && kept.output.month === month ? kept.output : { month, bytesByLink: {} };
}

/**
 * Takes in the links' counts, which go on from what they were given at the start.
 *
 * @returns the use now; when the month has turned, an empty one from which the links
 *   must count anew.
 */
export function noteDataUse(
  before: DataUse,
  links: readonly { readonly id: string; readonly usedBytes: number }[],
  wallMs: number,
): DataUse {
  const month = monthOf(wallMs);
  if (month !== before.month) return { month, bytesByLink: {} };
  const now = Object.fromEntries(links.map(({ id, usedBytes }) => [id, Math.round(usedBytes)]));
  return { month, bytesByLink: { ...before.bytesByLink, ...now } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
