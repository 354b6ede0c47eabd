import * as v from 'valibot';
import { PRINTER_PROFILES } from '../../hal/printer/profiles.ts';
import { oneOf, text, whole } from '../config-rules.ts';

const profiles = Object.keys(PRINTER_PROFILES) as [keyof typeof PRINTER_PROFILES];

/** Added to the config as `printer`. */
export const printerSchema = v.strictObject({
  driver: v.optional(oneOf('simulated', 'usb', 'network', 'serial', 'none'), 'simulated'),
  device: v.optional(text, '/dev/usb/lp0'),
  host: v.optional(text, ''),
  port: v.optional(whole(1, 65_535), 9100),
  profile: v.optional(v.picklist(profiles, `must be one of: ${profiles.join(', ')}`), profiles[0]),
});

/** Added to the config as `modems`. */
export const modemsSchema = v.strictObject({
  driver: v.optional(oneOf('simulated', 'modem-manager', 'none'), 'simulated'),
});
