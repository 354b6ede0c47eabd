/** Reads the text of a config, and describes all of its faults. */
import * as v from 'valibot';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { messageOf } from '../../hal/os/log.ts';
import { closest } from '../model/closest.ts';
import { type Config, configSchema } from './config.ts';

/** Faults of a config: each line names a key, its line in the file and what it must be. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
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
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  const faults = document.errors.map(
    ({ message, pos }) =>
      `${source}:${lines.linePos(pos[0]).line}: invalid YAML: ${firstLine(message)}`,
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
  const issues = allIssues(result.issues ?? [], values.read);
  const described = issues.map((issue) => {
    const path = pathOf(issue);
    const key = path.join('.');
    const place = overridden.get(key) ?? `${source}${lineOf(document, lines, path)}`;
    return `${place}: ${describe(key === '' ? 'the config' : key, issue)}`;
  });
  throw new ConfigError([...faults, ...described]);
}

type Issues = readonly v.InferIssue<typeof configSchema>[];

/** A file with more of them is a file for something else. */
const UNKNOWN_KEYS_MAX = 64;

/** valibot stops at the first unknown key of an object: it is asked again without that one. */
function allIssues(issues: Issues, values: unknown): Issues {
  const all = [...issues];
  let rest = values;
  let unknown = issues.filter(isUnknownKey);
  while (unknown.length > 0 && all.length < UNKNOWN_KEYS_MAX) {
    rest = structuredClone(rest);
    for (const issue of unknown) {
      const keys = pathOf(issue);
      const last = keys.pop() as string;
      const parent = keys.reduce((at, key) => (at as Record<string, unknown>)[key], rest);
      delete (parent as Record<string, unknown>)[last];
    }
    unknown = (v.safeParse(configSchema, rest).issues ?? []).filter(isUnknownKey);
    all.push(...unknown);
  }
  return all;
}

function isUnknownKey({ type, expected }: Issues[number]): boolean {
  return type === 'strict_object' && expected === 'never';
}

function pathOf({ path }: Issues[number]): (string | number)[] {
  return (path ?? []).map(({ key }) => key as string | number);
}

/** An alias to an anchor that is not there is found only now. */
function readValues(document: Document): { readonly read: unknown } | { readonly fault: string } {
  try {
    return { read: document.toJS() ?? {} };
  } catch (error) {
    return { fault: firstLine(messageOf(error)) };
  }
}

/** Sets one key of the document. */
function applyOverride(
  document: Document,
  override: string,
): { readonly key: string } | { readonly fault: string } {
  const [, key = '', value = ''] = /^([\w-]+(?:\.[\w-]+)*)=(.*)$/s.exec(override) ?? [];
  if (key === '') return { fault: `--set ${override}: must be like path.to.key=value` };
  const path = key.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  try {
    document.setIn(path, document.createNode(readOverride(value)));
    return { key };
  } catch {
    return { fault: `--set ${override}: ${path.slice(0, -1).join('.')} holds no keys` };
  }
}

/**
 * Numbers, switches, quoted text and `[…]` or `{…}` as in the file. All else is the text as it
 * stands: a title like `A: B` or `Tour #3` and a gst-launch line mean something else in YAML.
 */
function readOverride(value: string): unknown {
  const isAlias = /^\s*[*&]/.test(value);
  const parsed = parseDocument(value);
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

function describe(key: string, issue: Issues[number]): string {
  if (isUnknownKey(issue)) {
    const path = pathOf(issue);
    const known = keysAt(configSchema, path.slice(0, -1));
    return `${key}: unknown key${closest(String(path.at(-1)), known)}`;
  }
  if (issue.received === 'undefined') return `${key} is missing`;
  const isObject = issue.input === null || typeof issue.input === 'object';
  const got = isObject ? '' : `, not ${JSON.stringify(issue.input)}`;
  if (issue.type === 'strict_object') return `${key} must hold keys and values${got}`;
  const { message } = issue;
  return /^(?:must|is) /.test(message) ? `${key} ${message}${got}` : `${key}: ${message}`;
}

interface AnySchema {
  readonly wrapped?: object;
  readonly entries?: Readonly<Record<string, object>>;
  readonly item?: object;
}

/** The keys that an object of the config can have. */
function keysAt(schema: object | undefined, path: readonly (string | number)[]): string[] {
  if (schema === undefined) return [];
  const { wrapped, entries, item } = schema as AnySchema;
  if (wrapped !== undefined) return keysAt(wrapped, path);
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(entries ?? {});
  return keysAt(entries?.[key] ?? item, rest);
}

/** `:12`, the line of the key, or of the nearest key above it that stands in the file. */
function lineOf(
  document: Document,
  lines: LineCounter,
  path: readonly (string | number)[],
): string {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return `:${lines.linePos(node.range[0]).line}`;
  }
  return '';
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}
