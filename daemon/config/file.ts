import * as v from 'valibot';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { messageOf } from '../../hal/os/log.ts';
import { type Config, configSchema } from './config.ts';

/** A person edits a file: each line names a key, its line and what it must be. */
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
  const broken = document.errors.map(
    ({ message, pos }) => `${source}:${lines.linePos(pos[0]).line}: ${firstLine(message)}`,
  );
  if (broken.length > 0) throw new ConfigError(broken);
  const overridden = new Map(overrides.map((override) => applyOverride(document, override)));

  const values = readValues(source, document);
  const result = v.safeParse(configSchema, values);
  if (result.success) return deepFreeze(result.output);
  throw new ConfigError(
    allIssues(result.issues, values).map((issue) => {
      const path = (issue.path ?? []).map(({ key }) => key as string | number);
      const key = path.join('.');
      const place = overridden.get(key) ?? `${source}${lineOf(document, lines, path)}`;
      return `${place}: ${key === '' ? 'the config' : key} ${describe(issue)}`;
    }),
  );
}

type Issues = readonly v.InferIssue<typeof configSchema>[];

/** Keys beyond it are a file for something else. */
const UNKNOWN_KEYS_MOST = 64;

/** valibot names the first unknown key of an object and stops: it is asked again without that one. */
function allIssues(issues: Issues, values: unknown): Issues {
  const all = [...issues];
  let rest = values;
  let unknown = issues.filter(isUnknownKey);
  while (unknown.length > 0 && all.length < UNKNOWN_KEYS_MOST) {
    rest = structuredClone(rest);
    for (const { path } of unknown) {
      const keys = (path ?? []).map(({ key }) => key as string | number);
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

/** An alias to an anchor that is not there is found only now. */
function readValues(source: string, document: Document): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    throw new ConfigError([`${source}: ${firstLine(messageOf(error))}`]);
  }
}

/** Sets one key; returns it with the words that set it. */
function applyOverride(document: Document, override: string): readonly [string, string] {
  const [, key = '', value = ''] = /^([\w-]+(?:\.[\w-]+)*)=(.*)$/s.exec(override) ?? [];
  if (key === '') {
    throw new ConfigError([`--set ${override}: must be like path.to.key=value`]);
  }
  const parsed = parseDocument(value);
  // What is no YAML is the text that it is: a gst-launch line often is none.
  const isYaml = parsed.errors.length === 0 && !/^\s*[*&]/.test(value);
  const plain = isYaml ? (parsed.toJS() as unknown) : value;
  const isText = typeof plain === 'object' && plain !== null && /\s!\s/.test(value);
  const path = key.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  try {
    document.setIn(path, document.createNode(isText ? value : plain));
  } catch {
    throw new ConfigError([`--set ${override}: ${path.slice(0, -1).join('.')} holds no keys`]);
  }
  return [key, `--set ${key}`];
}

function describe(issue: Issues[number]): string {
  if (isUnknownKey(issue)) return 'is no key of the config';
  if (issue.type === 'strict_object' && issue.received === 'undefined') return 'is missing';
  if (issue.received === 'undefined') return 'is missing';
  const got =
    issue.input === null || typeof issue.input === 'object'
      ? ''
      : `, not ${JSON.stringify(issue.input)}`;
  return issue.type === 'strict_object'
    ? `must hold keys and values${got}`
    : `${issue.message}${got}`;
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
