/** `control` of the config: the socket of the command line. */
import * as v from 'valibot';
import { textOf } from './rules.ts';

export const controlSchema = v.strictObject({
  /** A path; empty: /run/venuebox, the session's folder, or one in /tmp. */
  socket: v.optional(textOf(100), ''),
});
