/** `metrics` and `control` of the config: Prometheus' server, which has no PIN, and the command line's socket. */
import * as v from 'valibot';
import { host, textOf, whole } from './rules.ts';

export const metricsSchema = v.strictObject({
  host: v.optional(host, '127.0.0.1'),
  port: v.optional(whole(0, 65_535), 0),
});

export const controlSchema = v.strictObject({
  /** A path; empty: /run/venuebox, the session's folder, or one in /tmp. */
  socket: v.optional(textOf(100), ''),
});

export type MetricsConfig = v.InferOutput<typeof metricsSchema>;
