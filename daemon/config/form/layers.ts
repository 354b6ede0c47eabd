/** Settings of the operator's page below those of the config file, and values by their paths. Pure. */
import { settingsOfSchema } from './form.ts';

/** A config as it is written: a part of the keys. */
export type Values = Readonly<Record<string, unknown>>;

let groups: ReadonlySet<string> | undefined;

/** Keys that hold keys, each of which may come from another place: not lists, not `uplink`. */
function isGroup(path: string): boolean {
  groups ??= new Set(settingsOfSchema().flatMap(({ path: leaf }) => parentsOf(leaf)));
  return groups.has(path);
}

function parentsOf(path: string): readonly string[] {
  const keys = path.split('.');
  return keys.map((_, i) => keys.slice(0, i).join('.'));
}

/** What `above` says, and where it says nothing, what `below` says. */
export function layered(below: unknown, above: unknown, path = ''): unknown {
  if (above === undefined) return below;
  if (!isValues(below) || !isValues(above) || !isGroup(path)) return above;
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries(
    [...keys].map((key) => [
      key,
      layered(ownOf(below, key), ownOf(above, key), path === '' ? key : `${path}.${key}`),
    ]),
  );
}

/** The paths of the settings that have a value. */
export function setPaths(values: unknown, path = ''): readonly string[] {
  if (!isValues(values) || !isGroup(path)) return path === '' ? [] : [path];
  return Object.entries(values).flatMap(([key, value]) =>
    setPaths(value, path === '' ? key : `${path}.${key}`),
  );
}

/** The value at a path; undefined where there is none. */
export function valueAt(values: unknown, path: string): unknown {
  let value = values;
  for (const key of path.split('.')) value = isValues(value) ? ownOf(value, key) : undefined;
  return value;
}

/** The same values but for one; undefined takes it away, with the groups that are empty then. */
export function withValue(values: Values, path: string, value: unknown): Values {
  const [key = '', ...rest] = path.split('.');
  const { [key]: before, ...others } = values;
  const inner = isValues(before) ? before : {};
  const next = rest.length === 0 ? value : withValue(inner, rest.join('.'), value);
  const isEmpty = rest.length > 0 && isValues(next) && Object.keys(next).length === 0;
  return next === undefined || isEmpty ? others : { ...others, [key]: next };
}

export function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ownOf(values: Values, key: string): unknown {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}
