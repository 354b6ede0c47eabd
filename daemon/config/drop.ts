/** `drop` of the config: what guests see before it, and how it survives a power cut. */
import * as v from 'valibot';
import { text, textOf, whole } from './rules.ts';

export const dropSchema = v.strictObject({
  title: v.optional(textOf(120), 'Live'),
  picture_file: v.optional(text, ''),
  starts_at: v.optional(
    v.union(
      [v.literal(''), v.pipe(text, v.isoTimestamp())],
      'must be a time like 2026-05-01T20:00:00Z, or empty',
    ),
    '',
  ),
  /** A drop that a power cut interrupted is resumed within this time. */
  resume_within_s: v.optional(whole(0, 86_400), 1800),
});
