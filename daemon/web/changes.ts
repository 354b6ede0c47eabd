/** Compares the state that was last sent to the pages with the state now. */

/** What was sent last: for each key its JSON text. */
export type Sent = Readonly<Record<string, string>>;

export interface Changes {
  readonly sent: Sent;
  readonly changed: Readonly<Record<string, unknown>>;
  /** Keys whose value is undefined now. */
  readonly removed: readonly string[];
}

/**
 * Compares top-level keys only: a battery or a list of links is small, and a page
 * that replaces it completely cannot go wrong.
 */
export function changesSince(before: Sent, now: object): Changes {
  const sent: Record<string, string> = {};
  const changed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(now)) {
    if (value === undefined) continue;
    const text = JSON.stringify(value);
    sent[key] = text;
    if (before[key] !== text) changed[key] = value;
  }
  return { sent, changed, removed: Object.keys(before).filter((key) => !(key in sent)) };
}
