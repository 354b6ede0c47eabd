import * as v from 'valibot';

/** Added to the config as `control`. */
export const controlSchema = v.strictObject({
  /** Path of the socket; empty: /run/venuebox, the session's folder, or one in /tmp. */
  socket: v.optional(
    v.pipe(v.string('must be text'), v.maxLength(100, 'must be 100 characters at most')),
    '',
  ),
});
