import * as v from 'valibot';
import { text, whole } from './rules.ts';

/** Figures for Prometheus; a server of its own, for a scraper has no PIN. */
export const metricsSchema = v.strictObject({
  host: v.optional(text, '127.0.0.1'),
  port: v.optional(whole(0, 65_535), 0),
});

export type MetricsConfig = v.InferOutput<typeof metricsSchema>;
