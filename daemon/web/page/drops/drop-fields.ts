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

/** The value of a `datetime-local`, in the time zone of this device; empty where there is none. */
export function toLocalInput(timestamp: string): string {
  const atMs = Date.parse(timestamp);
  if (Number.isNaN(atMs)) return '';
  const at = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** RFC 3339; empty where it is no time. */
export function toTimestamp(local: string): string {
  const atMs = Date.parse(local);
  return Number.isNaN(atMs) ? '' : new Date(atMs).toISOString().replace('.000Z', 'Z');
}
