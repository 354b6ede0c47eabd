/** `power` of the config: the battery, and what a shut-down ends. */
import * as v from 'valibot';
import { BOARDS } from '../../hal/battery/boards.ts';
import { between, oneOf, whole } from './rules.ts';

export const powerSchema = v.strictObject({
  board: v.optional(oneOf('simulated', 'auto', 'none', ...BOARDS.map(({ id }) => id)), 'simulated'),
  /** 0: the figure of the board or the kernel. */
  capacity_mah: v.optional(whole(0, 200_000), 0),
  /** How long a drop is meant to last; 0: not known. */
  planned_minutes: v.optional(between(0, 1440), 0),
  /** The machine by logind, or this program only, as in the demo. */
  shut_down: v.optional(oneOf('machine', 'program'), 'machine'),
});
