/** Which version of a coming drop a person has seen: two who change one do not overwrite each other. Pure. */
import { createHash } from 'node:crypto';
import { PLANNED_KEYS, type PlannedDrop } from '../config/drop-list/parse.ts';

/** A tag of each key's value; one that is left out has a tag as well. */
export type Tags = Readonly<Record<string, string>>;

/** @param drop Undefined where the list has none: its `id` has a tag of its own then. */
export function tagsOf(drop: PlannedDrop | undefined): Tags {
  return Object.fromEntries(PLANNED_KEYS.map((key) => [key, tagOf(drop, key)]));
}

/** The keys that are not as they were when their tags were read. */
export function overtakenKeys(drop: PlannedDrop | undefined, seen: Tags): readonly string[] {
  return Object.entries(seen).flatMap(([key, tag]) => (tagOf(drop, key) === tag ? [] : [key]));
}

function tagOf(drop: PlannedDrop | undefined, key: string): string {
  const value = (drop as Readonly<Record<string, unknown>> | undefined)?.[key] ?? null;
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 12);
}
