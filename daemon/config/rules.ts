import * as v from 'valibot';

/** What several parts of the config are made of, each with the line that a person reads. */

export const text = v.string('must be text');

export function whole(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
}

export function oneOf<const T extends readonly string[]>(...choices: T) {
  return v.picklist(choices, `must be one of: ${choices.join(', ')}`);
}

export const name = v.pipe(
  text,
  v.regex(
    /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/,
    'must be lower-case letters, digits and hyphens, 32 at most',
  ),
);

export const even = (min: number, max: number) =>
  v.pipe(whole(min, max), v.multipleOf(2, 'must be even: H.264 codes pairs of pixels'));

/** What one key alone cannot show. */
export interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}
