/** Reads the text of a config, and describes all of its faults. */
import { isIP } from 'node:net';
import * as v from 'valibot';
import { type Document, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { messageOf } from '../../hal/os/log.ts';
import { closest } from '../model/closest.ts';
import { type Config, configSchema } from './config.ts';
import { shownFaults, shownKey, shownText, shownValue } from './shown.ts';

/** Faults of a config: each line names a key, its line in the file and what it must be. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    const shown = shownFaults(faults);
    super(shown.join('\n'));
    this.name = 'ConfigError';
    this.faults = shown;
  }
}

/**
 * Reads a config text, with settings of the command line laid over it.
 *
 * @param source What the text came from, for the messages.
 * @param overrides Texts like `viewers.port=9000`; the value is read as YAML.
 * @throws ConfigError with every fault at once.
 */
export function parseConfig(source: string, yaml: string, overrides: readonly string[]): Config {
  try {
    return readText(source, yaml, overrides);
  } catch (error) {
    // Thousands of brackets: the stack ends in yaml, or in what walks through its document.
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigError([`${source}: is nested too deeply to be a config`]);
  }
}

function readText(source: string, yaml: string, overrides: readonly string[]): Config {
  const lines = new LineCounter();
  const document = parseDocument(quoteIpv6(yaml), {
    ...LINEAR,
    ...SILENT,
    lineCounter: lines,
    prettyErrors: false,
  });
  const broken = [
    ...document.errors.map(({ message, pos }) => [pos[0], withoutContent(message)] as const),
    ...repeatedKeys(document).map((at) => [at, 'Map keys must be unique'] as const),
  ];
  const faults = broken.map(
    ([at, message]) => `${source}:${lines.linePos(at).line}: invalid YAML: ${message}`,
  );
  const overridden = new Map<string, string>();
  for (const override of overrides) {
    const applied = applyOverride(document, override);
    if ('fault' in applied) faults.push(applied.fault);
    else overridden.set(applied.key, `--set ${applied.key}`);
  }
  const values = readValues(document);
  if ('fault' in values) throw new ConfigError([...faults, `${source}: ${values.fault}`]);

  const result = v.safeParse(configSchema, values.read);
  if (result.success && faults.length === 0) return deepFreeze(result.output);
  const issues = (result.issues ?? []).filter((issue) => !isUnknownKey(issue));
  const unknown = [...unknownKeys(configSchema, values.read, [])];
  const wrong = [
    ...issues.map((issue) => [pathOf(issue), describe(issue)] as const),
    ...unknown.slice(0, UNKNOWN_KEYS_MAX).map((path) => [path, describeUnknown(path)] as const),
  ];
  const described = wrong.map(([path, text]) => {
    const place = overridden.get(path.join('.')) ?? `${source}${lineOf(document, lines, path)}`;
    return `${place}: ${text}`;
  });
  throw new ConfigError([...faults, ...described]);
}

/** yaml compares each key with each other: a list of 20,000 took half a minute. */
const LINEAR = { uniqueKeys: false };
/** Its warnings quote the file on stderr. */
const SILENT = { logLevel: 'error' } as const;

/** Where in the text a key stands that its map has already. */
function repeatedKeys(document: Document): readonly number[] {
  const repeated: number[] = [];
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) repeated.push(key.range?.[0] ?? 0);
        seen.add(key.value);
      }
    },
  });
  return repeated;
}

/** A value, an item of a list, or one of `[…]` or `{…}`, to its end. */
const ENDS_IN_COLONS =
  /((?<![\w-])(?:[\w-]+:|-)[ \t]+|[[,][ \t]*)([\da-f:]*::)(?=[ \t]*(?:[#,\]}]|\r?$))/gim;

/** YAML takes `host: ::` for a mapping inside a mapping; a person means an address. */
function quoteIpv6(yaml: string): string {
  return yaml.replace(ENDS_IN_COLONS, (found, before: string, address: string) =>
    isIP(address) === 6 ? `${before}"${address}"` : found,
  );
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

type Path = readonly (string | number)[];

function pathOf({ path }: Issues[number]): Path {
  return (path ?? []).map(({ key }) => key as string | number);
}

/** An alias to an anchor that is not there is found only now. */
function readValues(document: Document): { readonly read: unknown } | { readonly fault: string } {
  try {
    return { read: document.toJS() ?? {} };
  } catch (error) {
    return { fault: withoutContent(messageOf(error)) };
  }
}

/** Sets one key of the document. */
function applyOverride(
  document: Document,
  override: string,
): { readonly key: string } | { readonly fault: string } {
  const [, key = '', value = ''] = /^([\w-]+(?:\.[\w-]+)*)=(.*)$/s.exec(override) ?? [];
  if (key === '') {
    const [begin = ''] = override.split('=', 1);
    return { fault: `--set ${shownText(begin)}: must be like path.to.key=value` };
  }
  const path = key.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  try {
    document.setIn(path, document.createNode(readOverride(value)));
    return { key };
  } catch {
    return { fault: `--set ${key}: ${path.slice(0, -1).join('.')} holds no keys` };
  }
}

/**
 * Numbers, switches, quoted text and `[…]` or `{…}` as in the file. All else is the text as it
 * stands: a title like `A: B` or `Tour #3` and a gst-launch line mean something else in YAML.
 */
function readOverride(value: string): unknown {
  const isAlias = /^\s*[*&]/.test(value);
  const parsed = parseDocument(value, SILENT);
  if (isAlias || parsed.errors.length > 0) return value;
  const plain = parsed.toJS() as unknown;
  const isQuotedOrFlow = /^\s*["'[{]/.test(value);
  if (value.trim() === '') return '';
  return isQuotedOrFlow ||
    (typeof plain !== 'string' && typeof plain !== 'object') ||
    plain === null
    ? plain
    : value;
}

function describeUnknown(path: Path): string {
  const known = keysAt(configSchema, path.slice(0, -1));
  const word = String(path.at(-1)).slice(0, KEY_CHARS_MAX);
  return `${shownKey(path)}: unknown key${closest(word, known)}`;
}

function describe(issue: Issues[number]): string {
  const path = pathOf(issue);
  const key = path.length === 0 ? 'the config' : shownKey(path);
  if (issue.received === 'undefined') return `${key} is missing`;
  if (issue.type === 'strict_object') return `${key} must hold keys and values`;
  const got = shownValue(path, issue.input);
  const { message } = issue;
  return /^(?:must|is) /.test(message) ? `${key} ${message}${got}` : `${key}: ${message}`;
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

/** `:12`, the line of the key, or of the nearest key above it that stands in the file. */
function lineOf(document: Document, lines: LineCounter, path: Path): string {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return `:${lines.linePos(node.range[0]).line}`;
  }
  return '';
}

/** yaml quotes what it stumbles over, and the file may be another one than was meant. */
function withoutContent(message: string): string {
  return (message.split(/(?<=\S): |\n/)[0] ?? message).replace(/"[^"]*"|'[^']*'/g, '…');
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}
