/** Names of keys, and values as people read them. Pure. */
import { LABELS, OTHER, SAYS, SECTIONS } from './words.ts';

/** A path without the numbers of lists: keys of all items have one name and one help text. */
export function keyPath(path: string): string {
  return path
    .split('.')
    .filter((key) => !/^\d+$/.test(key))
    .join('.');
}

export function labelOf(path: string): string {
  const plain = keyPath(path);
  const last = plain.split('.').at(-1) ?? plain;
  const known = LABELS[plain] ?? LABELS[last];
  if (known !== undefined) return known;
  const words = last.replace(/[_-]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The title of the section that a key is in. */
export function sectionOf(path: string): string {
  const found = SECTIONS.find(([, prefixes]) =>
    prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}.`)),
  );
  return found?.[0] ?? OTHER;
}

/** With the name of what it lies in, for a list of changes. */
export function fullLabelOf(path: string): string {
  return path.includes('.') ? `${sectionOf(path)}: ${labelOf(path)}` : labelOf(path);
}

export function shownValue(value: unknown, isSecret: boolean): string {
  if (isSecret) return value === true ? SAYS.isSet : SAYS.notSet;
  if (value === undefined || value === null || value === '') return SAYS.none;
  if (typeof value === 'boolean') return value ? SAYS.yes : SAYS.no;
  if (Array.isArray(value)) {
    return value.length === 0 ? SAYS.none : value.map((one) => shownValue(one, false)).join('; ');
  }
  if (typeof value !== 'object') return String(value);
  const pairs = Object.entries(value).filter(([, one]) => one !== '' && one !== undefined);
  return pairs.map(([key, one]) => `${labelOf(key)} ${shownValue(one, false)}`).join(', ');
}
