/** `operator` of the config: where the operator's page listens, and how to sign in. */
import * as v from 'valibot';
import { parsePinHash } from './pin-hash.ts';
import { host, integer, text } from './rules.ts';

const hostName = v.pipe(
  text,
  v.regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, 'must be a lower-case host name'),
);

const tls = v.strictObject({ cert_file: text, key_file: text });

export const operatorSchema = v.strictObject({
  host: v.optional(host, '::'),
  port: v.optional(integer(1, 65535), 8081),
  pin_hash: v.optional(
    v.pipe(
      text,
      v.check(
        (value) => value === '' || parsePinHash(value) !== undefined,
        'must be a hash that the box has made (scrypt$…), or empty',
      ),
    ),
    '',
  ),
  pin_file: v.optional(text, ''),
  host_pin_file: v.optional(text, ''),
  host_names: v.optional(
    v.pipe(v.array(hostName), v.maxLength(16, 'must list 16 names at most')),
    [],
  ),
  idle_minutes: v.optional(integer(1, 1440), 120),
  session_hours: v.optional(integer(1, 168), 24),
  tls: v.optional(tls),
});

export type OperatorConfig = v.InferOutput<typeof operatorSchema>;

/** Whether a person has chosen the crew's PIN; else the box has made one that nobody may know. */
export function hasChosenPin({
  pin_hash,
  pin_file,
}: Pick<OperatorConfig, 'pin_hash' | 'pin_file'>) {
  return pin_hash !== '' || pin_file !== '';
}
