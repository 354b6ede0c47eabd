/** Checks the values of a config, and describes each fault for the file and for the page. */
import * as v from 'valibot';
import { closest } from '../../model/closest.ts';
import { type Config, configSchema } from '../config.ts';
import { shownKey, shownValue } from '../shown.ts';

export type Path = readonly (string | number)[];

export interface ConfigFault {
  readonly path: Path;
  /** With the key, for a list of faults. */
  readonly text: string;
  /** Without the key, for beside its field. */
  readonly reason: string;
}

/** The config of these values, with defaults and frozen; or all of their faults. */
export function checkValues(
  values: unknown,
): { readonly config: Config } | { readonly faults: readonly ConfigFault[] } {
  const result = v.safeParse(configSchema, values);
  if (result.success) return { config: deepFreeze(result.output) };
  const issues = result.issues.filter((issue) => !isUnknownKey(issue));
  const unknown = [...unknownKeys(configSchema, values, [])].slice(0, UNKNOWN_KEYS_MAX);
  return { faults: [...issues.map(describe), ...unknown.map(describeUnknown)] };
}

type Issues = readonly v.InferIssue<typeof configSchema>[];

/** The longest one has 20; what is longer is none that was mistyped. */
const KEY_CHARS_MAX = 40;
/** A file with more of them is a file for something else. */
const UNKNOWN_KEYS_MAX = 64;

/** valibot stops at the first unknown key of an object: they are looked for one by one. */
function* unknownKeys(schema: object | undefined, value: unknown, path: Path): Generator<Path> {
  const { wrapped, entries, item } = (schema ?? {}) as AnySchema;
  if (wrapped !== undefined) yield* unknownKeys(wrapped, value, path);
  else if (Array.isArray(value)) {
    for (const [i, one] of value.entries()) yield* unknownKeys(item, one, [...path, i]);
  } else if (typeof value === 'object' && value !== null && entries !== undefined) {
    for (const [key, one] of Object.entries(value)) {
      if (Object.hasOwn(entries, key)) yield* unknownKeys(entries[key], one, [...path, key]);
      else yield [...path, key];
    }
  }
}

function isUnknownKey({ type, expected }: Issues[number]): boolean {
  return type === 'strict_object' && expected === 'never';
}

function pathOf({ path }: Issues[number]): Path {
  return (path ?? []).map(({ key }) => key as string | number);
}

function describeUnknown(path: Path): ConfigFault {
  const known = keysAt(configSchema, path.slice(0, -1));
  const word = String(path.at(-1)).slice(0, KEY_CHARS_MAX);
  const reason = `unknown key${closest(word, known)}`;
  return { path, reason, text: `${shownKey(path)}: ${reason}` };
}

function describe(issue: Issues[number]): ConfigFault {
  const path = pathOf(issue);
  const key = path.length === 0 ? 'the config' : shownKey(path);
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

/** The keys that an object of the config can have. */
function keysAt(schema: object | undefined, path: Path): string[] {
  if (schema === undefined) return [];
  const { wrapped, entries, item } = schema as AnySchema;
  if (wrapped !== undefined) return keysAt(wrapped, path);
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(entries ?? {});
  return keysAt(entries?.[key] ?? item, rest);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}
