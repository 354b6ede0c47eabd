/** Reads the text of a config, and describes all of its faults. */
import { isIP } from 'node:net';
import {
  type Document,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  stringify,
  visit,
} from 'yaml';
import { messageOf } from '../../hal/os/log.ts';
import type { Config } from './config.ts';
import { checkValues, type Path } from './form/faults.ts';
import { layered, type Values } from './form/layers.ts';
import { shownFaults, shownText } from './shown.ts';

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
 * @param settings Of the operator's page: they hold where the text and the overrides say nothing.
 * @throws ConfigError with every fault at once.
 */
export function parseConfig(
  source: string,
  yaml: string,
  overrides: readonly string[],
  settings: Values = {},
): Config {
  try {
    return readText(source, yaml, overrides, settings);
  } catch (error) {
    // Thousands of brackets: the stack ends in yaml, or in what walks through its document.
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigError([`${source}: is nested too deeply to be a config`]);
  }
}

function readText(
  source: string,
  yaml: string,
  overrides: readonly string[],
  settings: Values,
): Config {
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

  const read = layered(settings, values.read);
  const checked = checkValues(read);
  if ('config' in checked && faults.length === 0) return checked.config;
  const described = ('faults' in checked ? checked.faults : []).map(({ path, text }) => {
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

/** What a text and its overrides set, without defaults. Only of a text that has no fault. */
export function writtenValues(yaml: string, overrides: readonly string[]): unknown {
  const document = parseDocument(quoteIpv6(yaml), { ...LINEAR, ...SILENT, prettyErrors: false });
  for (const override of overrides) applyOverride(document, override);
  const values = readValues(document);
  return 'read' in values ? values.read : {};
}

/** Settings of the operator's page, as a file. */
export function renderSettings(values: Values): string {
  return `# Written by the operator's page. Keys of the box's config file hold instead of those here.\n${stringify(values)}`;
}

/** @throws ConfigError */
export function readSettings(source: string, text: string): Values {
  const document = parseDocument(text, { ...LINEAR, ...SILENT, prettyErrors: false });
  const values = document.errors.length > 0 ? undefined : readValues(document);
  const read = values !== undefined && 'read' in values ? values.read : undefined;
  if (typeof read !== 'object' || read === null || Array.isArray(read)) {
    throw new ConfigError([`${source}: is no file of settings`]);
  }
  return read as Values;
}
