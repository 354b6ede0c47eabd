/** What is wrong with values of a file, by their schema: each fault with its path and a sentence. */
import type * as v from 'valibot';
import { type Path, unknownKeys } from '../../../hal/os/files/known-keys.ts';
import { shownKey, shownValue } from '../shown.ts';
import { closest } from './closest.ts';

export interface PathFault {
  readonly path: Path;
  /** With the key, for a list of faults. */
  readonly text: string;
  /** Without the key, for beside its field. */
  readonly reason: string;
}

/** The reason of a fault where no other key can have been meant. */
export const UNKNOWN_KEY = 'unknown key';

type Issue = v.BaseIssue<unknown>;

/** The longest one has 20; what is longer is none that was mistyped. */
const KEY_CHARS_MAX = 40;
/** A file with more of them is a file for something else. */
const UNKNOWN_KEYS_MAX = 64;

/**
 * @param issues Of `value` by `schema`.
 * @param what The value as a whole, for messages: `the config`.
 */
export function describeIssues(
  schema: object,
  value: unknown,
  issues: readonly Issue[],
  what: string,
): readonly PathFault[] {
  const unknown = [...unknownKeys(schema, value, [])].slice(0, UNKNOWN_KEYS_MAX);
  return [
    ...issues.filter((issue) => !isUnknownKey(issue)).map((issue) => describe(issue, what)),
    ...unknown.map((path) => describeUnknown(schema, path)),
  ];
}

function isUnknownKey({ type, expected }: Issue): boolean {
  return type === 'strict_object' && expected === 'never';
}

function pathOf({ path }: Issue): Path {
  return (path ?? []).map(({ key }) => key as string | number);
}

function describeUnknown(schema: object, path: Path): PathFault {
  const known = keysAt(schema, path.slice(0, -1));
  const word = String(path.at(-1)).slice(0, KEY_CHARS_MAX);
  const reason = `${UNKNOWN_KEY}${closest(word, known)}`;
  return { path, reason, text: `${shownKey(path)}: ${reason}` };
}

function describe(issue: Issue, what: string): PathFault {
  const path = pathOf(issue);
  const key = path.length === 0 ? what : shownKey(path);
  const { received, type, message, input } = issue;
  if (received === 'undefined') return { path, reason: 'is missing', text: `${key} is missing` };
  if (type === 'strict_object') {
    const reason = 'must hold keys and values';
    return { path, reason, text: `${key} ${reason}` };
  }
  const isSentence = /^(?:must|is) /.test(message);
  const text = isSentence ? `${key} ${message}${shownValue(path, input)}` : `${key}: ${message}`;
  return { path, reason: message, text };
}

interface AnySchema {
  readonly wrapped?: object;
  readonly entries?: Readonly<Record<string, object>>;
  readonly item?: object;
}

/** The keys that an object of the schema can have. */
function keysAt(schema: object | undefined, path: Path): string[] {
  if (schema === undefined) return [];
  const { wrapped, entries, item } = schema as AnySchema;
  if (wrapped !== undefined) return keysAt(wrapped, path);
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(entries ?? {});
  return keysAt(entries?.[key] ?? item, rest);
}
