/** Secrets of the page's settings: it gives them and never gets them back. Pure but for their names. */
import type { Field } from '../config/form/form.ts';
import { isValues } from '../config/form/layers.ts';

/** What the page sends for a secret that stays as it is. */
const KEPT = true;

/** What stands in the place of a secret on the page: whether there is one. */
export function masked(field: Field, value: unknown): unknown {
  if (field.kind === 'secret') return value !== undefined && value !== '';
  if (field.kind === 'secrets') {
    return Object.fromEntries(Object.keys(isValues(value) ? value : {}).map((key) => [key, KEPT]));
  }
  if (field.kind === 'list' && Array.isArray(value)) {
    return value.map((one) => masked(field.item, one));
  }
  if (field.kind === 'object' && isValues(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => {
        const inner = field.fields[key];
        return [key, inner === undefined ? one : masked(inner, one)];
      }),
    );
  }
  return value;
}

/** Secrets that a change brings, by the file that will hold each. */
export interface NewSecret {
  readonly path: string;
  readonly file: string;
  readonly text: string;
}

export interface Resolving {
  /** The value that holds now. */
  readonly current: unknown;
  readonly path: string;
  /** A file for a new secret. */
  readonly add: (path: string, text: string) => string;
  /** Why a value cannot be taken. */
  readonly refuse: (path: string, reason: string) => void;
}

/** Where secrets beside them go: those that nobody can read here must not be sent to somebody else. */
export const RECEIVER = ['url', 'host', 'kind'] as const;

/** @param moved Name of the setting that has changed. */
export const mustBeTyped = (moved: string) =>
  `must be entered again, as ${moved} beside it has changed: it would go to another receiver`;

/** The value for the settings file of what the page sent: with file names in place of secrets. */
export function resolved(field: Field, sent: unknown, at: Resolving): unknown {
  const { current, path } = at;
  switch (field.kind) {
    case 'secret': {
      if (sent === KEPT) return current;
      return isValues(sent) && typeof sent['set'] === 'string' ? at.add(path, sent['set']) : '';
    }
    case 'secrets': {
      const before = isValues(current) ? current : {};
      return Object.fromEntries(
        Object.entries(isValues(sent) ? sent : {}).map(([key, one]) => [
          key,
          resolved({ kind: 'secret' }, one, {
            ...at,
            ...{ current: before[key], path: `${path}.${key}` },
          }),
        ]),
      );
    }
    case 'object': {
      if (!isValues(sent)) return sent;
      const before = isValues(current) ? current : {};
      const moved = RECEIVER.find((key) => (before[key] ?? '') !== (sent[key] ?? ''));
      const entries = Object.entries(sent).filter(([, one]) => one !== null);
      return Object.fromEntries(
        entries.map(([key, one]) => {
          const inner = field.fields[key];
          const within = { ...at, current: before[key], path: `${path}.${key}` };
          const isKept = inner?.kind === 'secret' && one === KEPT && (before[key] ?? '') !== '';
          if (isKept && moved !== undefined) at.refuse(within.path, mustBeTyped(moved));
          if (inner?.kind === 'file-only') return [key, before[key]];
          return [key, inner === undefined ? one : resolved(inner, one, within)];
        }),
      );
    }
    case 'list': {
      if (!Array.isArray(sent)) return sent;
      const before: readonly unknown[] = Array.isArray(current) ? current : [];
      return sent.map((one, i) =>
        resolved(field.item, one, {
          ...at,
          ...{ current: sameItem(before, one), path: `${path}.${i}` },
        }),
      );
    }
    default:
      return sent;
  }
}

/** The item as it is now: rows may have been added, removed or moved. */
function sameItem(before: readonly unknown[], sent: unknown): unknown {
  const nameOf = (item: unknown) => (isValues(item) ? (item['id'] ?? item['name']) : undefined);
  const name = nameOf(sent);
  return name === undefined ? undefined : before.find((item) => nameOf(item) === name);
}

const RULES: readonly (readonly [path: RegExp, pattern: RegExp, message: string])[] = [
  [/^modems\.pin_files\./, /^\d{4,8}$/, 'must be a PIN of 4 to 8 digits'],
  [/\.key_file$/, /^[\x21-\x7e]{1,512}$/, 'must be one line without spaces'],
  [/^uplink\./, /^[\x20-\x7e]{10,79}$/, 'must be 10 to 79 characters without accents'],
  [
    /^(?:clips|viewers)\..*token/,
    /^[\x21-\x7e]{16,4096}$/,
    'must be 16 characters at least, without spaces',
  ],
  [/^operator\./, /^[\x21-\x7e]{4,64}$/, 'must be 4 to 64 letters or digits, without spaces'],
  [/_file$/, /^\P{Cc}{1,4096}$/u, 'must be one line'],
];

/** What is wrong with a new secret; undefined where nothing is. */
export function secretFault(path: string, text: string): string | undefined {
  const rule = RULES.find(([at]) => at.test(path));
  return rule === undefined || rule[1].test(text) ? undefined : rule[2];
}
