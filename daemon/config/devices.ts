/** `printer`, `card` and `modems` of the config. */
import * as v from 'valibot';
import { PRINTER_PROFILES } from '../../hal/printer/profiles.ts';
import { flag, host, integer, oneOf, text, textOf } from './rules.ts';

const profiles = Object.keys(PRINTER_PROFILES) as [keyof typeof PRINTER_PROFILES];

export const printerSchema = v.strictObject({
  driver: v.optional(
    oneOf('auto', 'simulated', 'usb', 'network', 'serial', 'cloudprnt', 'direct-print', 'none'),
    'auto',
  ),
  device: v.optional(text, '/dev/usb/lp0'),
  host: v.optional(v.union([v.literal(''), host], 'must be an IP address or a host name'), ''),
  port: v.optional(integer(1, 65_535), 9100),
  poll_port: v.optional(integer(1, 65_535), 8092),
  baud: v.optional(integer(1200, 921_600), 9600),
  parity: v.optional(oneOf('none', 'even', 'odd'), 'none'),
  flow_control: v.optional(oneOf('none', 'hardware', 'software'), 'none'),
  profile: v.optional(oneOf(...profiles), profiles[0]),
  order_tickets: v.optional(flag, true),
  max_per_hour: v.optional(integer(1, 3600), 240),
  sticker_file: v.optional(text, ''),
});

/** The crew sheet: who does what, and the Wi-Fi of the place. */
export const cardSchema = v.strictObject({
  host: v.optional(textOf(60), ''),
  camera: v.optional(textOf(60), ''),
  audio: v.optional(textOf(60), ''),
  notes: v.optional(v.pipe(v.array(textOf(120)), v.maxLength(6, 'must be six lines at most')), []),
  wifi_name: v.optional(textOf(32), ''),
  wifi_password_file: v.optional(text, ''),
});

const serialPort = v.pipe(
  text,
  v.regex(/^\/dev\/[\w./:-]{1,120}$/, 'must be a serial port like /dev/ttyUSB2'),
);

export const modemsSchema = v.pipe(
  v.strictObject({
    driver: v.optional(oneOf('auto', 'simulated', 'modem-manager', 'at', 'none'), 'auto'),
    pin_files: v.optional(v.record(text, v.pipe(text, v.minLength(1, 'must name a file'))), {}),
    reset: v.optional(flag, true),
    power_cut: v.optional(
      v.strictObject({
        line: v.optional(text, ''),
        active_low: v.optional(flag, false),
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
    v.check(
      ({ at_ports }) => new Set(at_ports).size === at_ports.length,
      'must name each port once',
    ),
    ['at_ports'],
  ),
);
