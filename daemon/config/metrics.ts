/** `metrics` of the config: a server of its own for Prometheus, which has no PIN. */
import * as v from 'valibot';
import { host, whole } from './rules.ts';

export const metricsSchema = v.strictObject({
  host: v.optional(host, '127.0.0.1'),
  port: v.optional(whole(0, 65_535), 0),
});

export type MetricsConfig = v.InferOutput<typeof metricsSchema>;
