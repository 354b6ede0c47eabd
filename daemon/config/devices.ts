import * as v from 'valibot';
import { BOARDS } from '../../hal/battery/boards.ts';
import { PRINTER_PROFILES } from '../../hal/printer/profiles.ts';
import { oneOf, text, whole } from './rules.ts';

const profiles = Object.keys(PRINTER_PROFILES) as [keyof typeof PRINTER_PROFILES];

/** Added to the config as `printer`. */
export const printerSchema = v.strictObject({
  driver: v.optional(oneOf('simulated', 'usb', 'network', 'serial', 'none'), 'simulated'),
  device: v.optional(text, '/dev/usb/lp0'),
  host: v.optional(text, ''),
  port: v.optional(whole(1, 65_535), 9100),
  profile: v.optional(v.picklist(profiles, `must be one of: ${profiles.join(', ')}`), profiles[0]),
});

/** What `power.board` may be: one that cannot be is told by `check`, and not at the start. */
export const boardId = oneOf('simulated', 'auto', 'none', ...BOARDS.map(({ id }) => id));

const serialPort = v.pipe(
  text,
  v.regex(/^\/dev\/[\w./:-]{1,120}$/, 'must be a serial port like /dev/ttyUSB2'),
);

/** Added to the config as `modems`. */
export const modemsSchema = v.pipe(
  v.strictObject({
    driver: v.optional(oneOf('simulated', 'modem-manager', 'at', 'none'), 'simulated'),
    pin_files: v.optional(v.record(text, v.pipe(text, v.minLength(1, 'must name a file'))), {}),
    reset: v.optional(v.boolean('must be true or false'), true),
    power_cut: v.optional(
      v.strictObject({
        line: v.optional(text, ''),
        active_low: v.optional(v.boolean('must be true or false'), false),
      }),
      {},
    ),
    at_ports: v.optional(
      v.pipe(v.array(serialPort), v.maxLength(8, 'must list 8 serial ports at most')),
      [],
    ),
  }),
  v.forward(
    v.check(
      ({ driver, at_ports }) => driver !== 'at' || at_ports.length > 0,
      'must list at least one serial port, as the driver is at',
    ),
    ['at_ports'],
  ),
  v.forward(
    v.check(({ at_ports }) => new Set(at_ports).size === at_ports.length, 'names a port twice'),
    ['at_ports'],
  ),
);
