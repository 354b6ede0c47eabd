/** Reads the text of a config, and describes all of its faults. */
import { type Document, parseDocument, stringify } from 'yaml';
import { unknownKeys } from '../../hal/os/files/known-keys.ts';
import { type Config, configSchema } from './config.ts';
import { checkValues } from './form/faults.ts';
import { layered, type Values } from './form/layers.ts';
import { shownFaults, shownKey, shownText } from './shown.ts';
import { openYaml, SILENT } from './yaml/yaml-text.ts';

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
  const opened = openYaml(yaml);
  const { document } = opened;
  const faults = opened.broken.map((one) => `${source}:${one.line}: ${one.text}`);
  const overridden = new Map<string, string>();
  for (const override of overrides) {
    const applied = applyOverride(document, override);
    if ('fault' in applied) faults.push(applied.fault);
    else overridden.set(applied.key, `--set ${applied.key}`);
  }
  const values = opened.read();
  if ('fault' in values) throw new ConfigError([...faults, `${source}: ${values.fault}`]);

  const read = layered(settings, values.read);
  const checked = checkValues(read);
  if ('config' in checked && faults.length === 0) return checked.config;
  const described = ('faults' in checked ? checked.faults : []).map(({ path, text }) => {
    const line = opened.lineOf(path);
    const inFile = line === undefined ? source : `${source}:${line}`;
    return `${overridden.get(path.join('.')) ?? inFile}: ${text}`;
  });
  throw new ConfigError([...faults, ...described]);
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

/** What a text and its overrides set, without defaults. Only of a text that has no fault. */
export function writtenValues(yaml: string, overrides: readonly string[]): unknown {
  const { document, read } = openYaml(yaml);
  for (const override of overrides) applyOverride(document, override);
  const values = read();
  return 'read' in values ? values.read : {};
}

/** The first thing that makes a text no YAML. */
export function brokenIn(yaml: string): string | undefined {
  const [first] = openYaml(yaml).broken;
  return first === undefined ? undefined : `line ${first.line}: ${first.text}`;
}

/**
 * A file that was written for a newer program, without the keys that this one does not know; as it
 * is where it has other faults.
 */
export function withoutUnknownKeys(yaml: string): {
  readonly yaml: string;
  readonly unknown: readonly string[];
} {
  try {
    const { broken, document, read } = openYaml(yaml);
    const values = read();
    const isComplete = broken.length === 0 && 'read' in values;
    const paths = isComplete ? [...unknownKeys(configSchema, values.read, [])] : [];
    if (paths.length === 0) return { yaml, unknown: [] };
    for (const path of paths) document.deleteIn(path);
    return { yaml: String(document), unknown: paths.map(shownKey) };
  } catch {
    return { yaml, unknown: [] };
  }
}

/** Settings of the operator's page, as a file. */
export function renderSettings(values: Values): string {
  return `# Written by the operator's page. Keys of the box's config file hold instead of those here.\n${stringify(values)}`;
}

/** What is left on the boot partition of a file that was taken. */
export function renderTaken(values: Values): string {
  return `# The box has taken this; its secrets are on the box.\n${stringify(values)}`;
}

/** @throws ConfigError */
export function readSettings(source: string, text: string): Values {
  const opened = openYaml(text);
  const values = opened.broken.length > 0 ? undefined : opened.read();
  const read = values !== undefined && 'read' in values ? values.read : undefined;
  if (typeof read !== 'object' || read === null || Array.isArray(read)) {
    throw new ConfigError([`${source}: is no file of settings`]);
  }
  return read as Values;
}
