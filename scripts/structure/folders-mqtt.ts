/** The part of the table of folders that is MQTT, and what is published by it; see folders.ts. */
import type { Folder } from './folders-hal.ts';

const BASE = ['daemon/model', 'daemon/config', 'daemon/config/form'] as const;

export const MQTT_FOLDERS: Readonly<Record<string, Folder>> = {
  'daemon/fleet': {
    may: [...BASE],
    what: 'boxes that hold a drop together',
  },
  'daemon/figures': { may: ['daemon/model'], what: 'every published value: name, unit and help' },
  'daemon/mqtt/spool': { may: ['daemon/model'], what: 'events on disk until the broker has them' },
  'daemon/mqtt/client': { may: [], what: 'the connection to the broker' },
  'daemon/mqtt/broker': {
    may: ['daemon/model', 'daemon/config', 'daemon/mqtt/client'],
    what: 'what is known of the broker: how it is reached, what it takes, who else is there',
  },
  'daemon/mqtt/payloads': {
    may: ['daemon/model', 'daemon/health/thresholds.ts', 'daemon/figures', 'daemon/mqtt/client'],
    what: 'topics and what they carry',
  },
  'daemon/mqtt/home-assistant': {
    may: ['daemon/model', 'daemon/figures', 'daemon/mqtt/client', 'daemon/mqtt/payloads'],
    what: 'the box as a device of Home Assistant',
  },
  'daemon/mqtt': {
    may: [
      ...BASE,
      'daemon/figures',
      'daemon/fleet',
      'daemon/mqtt/spool',
      'daemon/mqtt/client',
      'daemon/mqtt/broker',
      'daemon/mqtt/payloads',
      'daemon/mqtt/home-assistant',
    ],
    what: 'reports and commands over MQTT',
  },
};
