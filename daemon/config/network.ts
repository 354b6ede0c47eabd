/** `network` of the config: the networks that the box makes itself. */
import * as v from 'valibot';
import { flag } from './rules.ts';

export const networkSchema = v.strictObject({
  hotspot: v.optional(flag, true),
});
