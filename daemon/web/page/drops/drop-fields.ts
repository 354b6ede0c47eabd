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
