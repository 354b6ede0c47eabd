/** Values of the form of a drop, and as drops.yaml has them. Pure. */

const ID_CHARS_MAX = 28;

/** `Café Zürich, live!` is `cafe-zurich-live`; with a number where another drop has it. */
export function idOfTitle(title: string, taken: readonly string[]): string {
  const plain = title
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, ID_CHARS_MAX)
    .replace(/^-+|-+$/g, '');
  const base = plain === '' ? 'drop' : plain;
  if (!taken.includes(base)) return base;
  let number = 2;
  while (taken.includes(`${base}-${number}`)) number += 1;
  return `${base}-${number}`;
}

/**
 * @param choice Empty: as in the config; `file`: that of the next field; else a look's name.
 * @returns what drops.yaml has; `null` takes it away.
 */
export function lookOf(choice: string, file: string, strengthPct: string) {
  if (choice === '') return null;
  const isFile = choice === 'file';
  // A field that is empty, or that a browser lets through, is the whole look.
  const pct = strengthPct.trim() === '' ? 100 : Number(strengthPct);
  const share = Number.isFinite(pct) ? Math.min(1, Math.max(0, pct / 100)) : 1;
  return {
    name: isFile ? 'none' : choice,
    cube_file: isFile ? file.trim() : '',
    strength: share,
  };
}

/** What differs, as drops.yaml has it; `null` is what is not there. */
export function changedKeys(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const isChanged = ([key, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(before[key] ?? null);
  return Object.fromEntries(Object.entries(after).filter(isChanged));
}

/** What is no whole number is sent as it is: the box says so. */
export function numberOf(text: string): number | string {
  const trimmed = text.trim();
  return /^\d{1,9}$/.test(trimmed) ? Number(trimmed) : trimmed;
}
