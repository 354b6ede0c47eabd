/** What several parts of the config are made of, each with its message for the person who edits it. */
import { isIP } from 'node:net';
import * as v from 'valibot';

export const text = v.string('must be text');

export const flag = v.boolean('must be true or false');

export const textOf = (maxLength: number) =>
  v.pipe(text, v.maxLength(maxLength, `must be ${maxLength} characters at most`));

export function integer(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
}

export function between(min: number, max: number) {
  const message = `must be a number from ${min} to ${max}`;
  return v.pipe(v.number(message), v.minValue(min, message), v.maxValue(max, message));
}

export const even = (min: number, max: number) =>
  v.pipe(integer(min, max), v.multipleOf(2, 'must be even: H.264 encodes pixels in pairs'));

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

/** Of a machine, or of an interface of this one. */
export const host = v.pipe(text, v.check(isHost, 'must be an IP address or a host name'));

/** `10.0.0.5` or `10.0.0.0/8`, of IPv4 or IPv6. */
export const network = v.pipe(
  text,
  v.check(isNetwork, 'must be an IP address or a network, as 10.0.0.5 or 10.0.0.0/8'),
);

function isNetwork(value: string): boolean {
  const [, address = '', bits = '0'] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(value) ?? [];
  const family = isIP(address);
  return family > 0 && Number(bits) <= (family === 4 ? 32 : 128);
}

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;

/** RFC 1123 §2.1, and the underscore, which networks of containers use. */
function isHost(value: string): boolean {
  if (isIP(value) > 0) return true;
  const labels = value.replace(/\.$/, '').split('.');
  const isAddress = /^\d+$/.test(labels.at(-1) ?? '');
  return value.length <= 253 && !isAddress && labels.every((label) => LABEL.test(label));
}

type Path = readonly (string | number)[];

/** What one key alone cannot show. */
export interface Fault {
  readonly path: Path;
  readonly message: string;
}

/** A fault for each value that an earlier key has. */
export function* repeatedFaults(
  entries: readonly (readonly [path: Path, value: string | number])[],
  what = '',
): Generator<Fault> {
  const users = new Map<string | number, string>();
  for (const [path, value] of entries) {
    const user = users.get(value);
    if (user !== undefined) yield { path, message: `${what}${value} is already used by ${user}` };
    users.set(value, user ?? path.join('.'));
  }
}
