/** Secrets that stand in a file in plain words, beside the keys that name files of them. Pure. */
import { type Field, settingsOfSchema } from '../config/form/form.ts';
import { isValues, type Values, valueAt, withValue } from '../config/form/layers.ts';

/**
 * @param path Of the key that names the file, as `operator.pin_file`.
 * @param plain Of the key that was given instead: `operator.pin`.
 * @returns the file for it.
 */
type Put = (path: string, plain: string, given: unknown) => string;

/** `pin` instead of `pin_file`, `pins` instead of `pin_files`. */
const plainOf = (path: string) => path.replace(/_file(s?)$/, '$1');

/** The same values with file names in the place of secrets. */
export function withSecretFiles(values: Values, put: Put): Values {
  let next = values;
  for (const { path, field } of settingsOfSchema()) {
    const plain = plainOf(path);
    const isSecret = field.kind === 'secret' || field.kind === 'secrets';
    const given = valueAt(values, isSecret ? plain : path);
    if (given === undefined || (isSecret && plain === path)) continue;
    if (isSecret) next = withValue(next, plain, undefined);
    next = withValue(
      next,
      path,
      isSecret ? filed(field, given, path, put) : within(field, given, path, put),
    );
  }
  return next;
}

function filed(field: Field, given: unknown, path: string, put: Put): unknown {
  const plain = plainOf(path);
  if (field.kind !== 'secrets') return put(path, plain, given);
  return Object.fromEntries(
    Object.entries(isValues(given) ? given : {}).map(([key, one]) => [
      key,
      put(`${path}.${key}`, `${plain}.${key}`, one),
    ]),
  );
}

/** Those in lists and groups. */
function within(field: Field, value: unknown, path: string, put: Put): unknown {
  if (field.kind === 'list' && Array.isArray(value)) {
    return value.map((one, i) => within(field.item, one, `${path}.${i}`, put));
  }
  if (field.kind !== 'object' || !isValues(value)) return value;
  let next: Values = value;
  for (const [key, inner] of Object.entries(field.fields)) {
    const plain = plainOf(key);
    const isSecret = inner.kind === 'secret' && plain !== key;
    const given = value[isSecret ? plain : key];
    if (given === undefined) continue;
    const { [plain]: _, ...others } = next;
    const at = `${path}.${key}`;
    next = isSecret
      ? { ...others, [key]: put(at, `${path}.${plain}`, given) }
      : { ...next, [key]: within(inner, given, at, put) };
  }
  return next;
}
