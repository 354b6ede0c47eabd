/** `power` of the config: the battery, and what a shut-down ends. */
import * as v from 'valibot';
import { BOARDS } from '../../hal/battery/boards.ts';
import { between, flag, integer, oneOf } from './rules.ts';

export const powerSchema = v.strictObject({
  board: v.optional(oneOf('auto', 'simulated', 'none', ...BOARDS.map(({ id }) => id)), 'auto'),
  /** 0: the figure of the board or the kernel. */
  capacity_mah: v.optional(integer(0, 200_000), 0),
  /** Of I2C; a board behind a multiplexer is on a bus of its own. */
  i2c_bus: v.optional(integer(0, 255), 1),
  /** Of a named board; 0: as sold. */
  i2c_address: v.optional(integer(0, 0x77), 0),
  current_reversed: v.optional(flag, false),
  /** How long a drop is meant to last; 0: not known. */
  planned_minutes: v.optional(between(0, 1440), 0),
  /** The machine by logind, or this program only, as in the demo. */
  shut_down: v.optional(oneOf('machine', 'program'), 'machine'),
});
