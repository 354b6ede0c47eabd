/** The config's keys as fields of a form, made from its schema. */
import { configSchema } from '../config.ts';

/** What a field takes. The schema alone says whether a value is right. */
export type Field = Kind & {
  /** What holds where it is left out of an item or a group. */
  readonly preset?: unknown;
};

type Kind =
  | { readonly kind: 'text'; readonly max?: number }
  | { readonly kind: 'number'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'flag' }
  | { readonly kind: 'time' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  /** The name of a file with a secret: the page gives the secret and never sees it again. */
  | { readonly kind: 'secret' }
  /** Such files by name. */
  | { readonly kind: 'secrets' }
  | { readonly kind: 'list'; readonly item: Field }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Field>> }
  /** Nothing that a form can show, or nothing for a page to change. */
  | { readonly kind: 'file-only' };

/** A key of the config, or a part of it that is there or not as a whole: a list, `uplink`. */
export interface Setting {
  readonly path: string;
  readonly field: Field;
  /** It may be left out, and has then no value. */
  readonly isOptional: boolean;
}

/** valibot's schemas, as far as forms are made of them. */
interface Schema {
  readonly type: string;
  readonly wrapped?: Schema;
  readonly default?: unknown;
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly item?: Schema;
  readonly options?: readonly Schema[] | readonly string[];
  readonly pipe?: readonly { readonly type: string; readonly requirement?: unknown }[];
}

const SECRET =
  /(?:^|[._])(?:pin|password|passphrase|secret|credentials|token)_file$|^uplink\.destinations\.key_file$/;
const SECRETS = /^pin_files$/;
/**
 * `pin_hash` is made of the PIN that the page takes; elements of a pipeline could write any file;
 * the socket is that of the command line; who has the key of updates has the box.
 */
const FILE_ONLY =
  /^(?:operator\.pin_hash|control\.socket|update\.key|(?:camera|camera2|sound)\.launch)$/;

let found: readonly Setting[] | undefined;

/** Every setting, in the order of the schema. */
export function settingsOfSchema(): readonly Setting[] {
  found ??= [...settingsIn(configSchema as unknown as Schema, '', false)];
  return found;
}

function* settingsIn(schema: Schema, path: string, isOptional: boolean): Generator<Setting> {
  const { wrapped, entries } = schema;
  if (wrapped !== undefined) {
    // Of a setting the config has it.
    yield* settingsIn(wrapped, path, schema.default === undefined);
  } else if (entries !== undefined && !isOptional) {
    for (const [key, one] of Object.entries(entries)) {
      yield* settingsIn(one, path === '' ? key : `${path}.${key}`, false);
    }
  } else yield { path, field: fieldOf(schema, path), isOptional };
}

function fieldOf(schema: Schema, path: string): Field {
  const { type, wrapped, entries, item, options = [], pipe = [] } = schema;
  if (wrapped !== undefined) {
    const field = fieldOf(wrapped, path);
    return schema.default === undefined ? field : { ...field, preset: schema.default };
  }
  if (FILE_ONLY.test(path)) return { kind: 'file-only' };
  const key = path.split('.').at(-1) ?? '';
  const limit = (name: string) => {
    const value = pipe.find((action) => action.type === name)?.requirement;
    return typeof value === 'number' ? value : undefined;
  };
  switch (type) {
    case 'string': {
      if (SECRET.test(path)) return { kind: 'secret' };
      return { kind: 'text', ...defined('max', limit('max_length')) };
    }
    case 'number':
      return {
        kind: 'number',
        ...defined('min', limit('min_value')),
        ...defined('max', limit('max_value')),
      };
    case 'boolean':
      return { kind: 'flag' };
    case 'picklist':
      return { kind: 'choice', choices: options as readonly string[] };
    case 'record':
      return { kind: SECRETS.test(key) ? 'secrets' : 'file-only' };
    case 'array':
      return item === undefined
        ? { kind: 'file-only' }
        : { kind: 'list', item: fieldOf(item, path) };
    case 'strict_object':
      return {
        kind: 'object',
        fields: Object.fromEntries(
          Object.entries(entries ?? {}).map(([name, one]) => [
            name,
            fieldOf(one, `${path}.${name}`),
          ]),
        ),
      };
    case 'union':
      return unionField(options as readonly Schema[]);
    default:
      return { kind: 'file-only' };
  }
}

/** A text that may also be empty. */
function unionField(options: readonly Schema[]): Field {
  if (options.some(({ entries }) => entries !== undefined)) return { kind: 'file-only' };
  const isTime = options.some(({ pipe = [] }) => pipe.some(({ type }) => type === 'iso_timestamp'));
  return { kind: isTime ? 'time' : 'text' };
}

function defined<const K extends string>(key: K, value: number | undefined) {
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: number };
}
