import * as v from 'valibot';

/** Added to the config's `drop`. */
export const dropMachineSchema = v.strictObject({
  /**
   * A drop that a power failure cut off goes on by itself when the box is back
   * within this time.
   */
  resume_within_s: v.optional(
    v.pipe(
      v.number('must be seconds, 0 to 86400'),
      v.integer('must be whole seconds'),
      v.minValue(0, 'must be seconds, 0 to 86400'),
      v.maxValue(86_400, 'must be seconds, 0 to 86400'),
    ),
    1800,
  ),
});
