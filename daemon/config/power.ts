import * as v from 'valibot';

/** Added to the config as `power`. */
export const powerSchema = v.strictObject({
  /** A board of hal/battery/boards.ts, `auto`, `simulated` or `none`. */
  board: v.optional(v.pipe(v.string('must be text'), v.maxLength(40)), 'simulated'),
  /** Of the cells that are fitted; 0 takes the board's or the kernel's figure. */
  capacity_mah: v.optional(
    v.pipe(
      v.number('must be mAh, 0 to 200000'),
      v.integer('must be whole mAh'),
      v.minValue(0, 'must be mAh, 0 to 200000'),
      v.maxValue(200_000, 'must be mAh, 0 to 200000'),
    ),
    0,
  ),
  /** For `saving`: how long a drop is meant to last, from its begin; 0: not known. */
  planned_minutes: v.optional(
    v.pipe(
      v.number('must be minutes, 0 to 1440'),
      v.minValue(0, 'must be minutes, 0 to 1440'),
      v.maxValue(1440, 'must be minutes, 0 to 1440'),
    ),
    0,
  ),
  /** What a shut-down ends: the machine by logind, or this program only, as in the demo. */
  shut_down: v.optional(
    v.picklist(['machine', 'program'], 'must be one of: machine, program'),
    'machine',
  ),
});
