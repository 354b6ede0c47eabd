/** Puts values into a text: `{time}`, and words that go by a number: `{count:clip|clips}`. */

/**
 * Of two words the first is for one; of three, for none, for one and for others (French has the
 * singular for none). A number is as it is shown: `1,000` in English.
 */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)(?::([^}]*))?\}/g, (all, name: string, words?: string) => {
    const value = values[name];
    if (value === undefined || words === undefined) return value ?? all;
    const forms = words.split('|');
    if (value === '1') return forms.at(-2) ?? words;
    return (value === '0' ? forms.at(-3) : undefined) ?? forms.at(-1) ?? words;
  });
}
