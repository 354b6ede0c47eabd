/** `metrics`, `control` and `update` of the config: Prometheus' server, which has no PIN, the command line's socket, and whose releases the box takes. */
import * as v from 'valibot';
import { host, integer, text, textOf } from './rules.ts';

export const metricsSchema = v.strictObject({
  host: v.optional(host, '127.0.0.1'),
  port: v.optional(integer(0, 65_535), 0),
});

export const controlSchema = v.strictObject({
  /** A path; empty: /run/venuebox, the session's folder, or one in /tmp. */
  socket: v.optional(textOf(100), ''),
});

/** 32 bytes of Ed25519, as scripts/release/main.ts prints them. */
const KEY = /^[A-Za-z0-9+/]{43}=$/;

export const updateSchema = v.strictObject({
  key: v.optional(
    v.pipe(
      text,
      v.check(
        (value) => value === '' || KEY.test(value),
        'must be a public key as scripts/release/main.ts prints it, or empty',
      ),
    ),
    '',
  ),
  url: v.optional(
    v.pipe(
      textOf(500),
      v.check(
        (value) => value === '' || /^(?:https?:\/\/[^\s/]+|\/)/.test(value),
        'must be an http or https address, the path of a file, or empty',
      ),
    ),
    '',
  ),
  check_hours: v.optional(integer(1, 720), 12),
});

export type MetricsConfig = v.InferOutput<typeof metricsSchema>;
export type UpdateConfig = v.InferOutput<typeof updateSchema>;
