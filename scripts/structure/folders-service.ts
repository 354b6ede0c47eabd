/** The part of the table of imports (folders.ts) for the program as a service: its versions, its power. */

import type { Folder } from './folders-hal.ts';

const BASE = ['daemon/model', 'daemon/config', 'daemon/config/form'] as const;

export const SERVICE_FOLDERS: Readonly<Record<string, Folder>> = {
  // Its launcher runs without a box; what a trial looks at is the media path's.
  'daemon/update': {
    may: [...BASE, 'daemon/media'],
    what: 'versions of the program: releases, trial, going back',
  },
  'daemon/safe-mode': {
    may: ['daemon/config', 'daemon/media', 'daemon/update'],
    what: 'after too many crashes: the box without a picture',
  },
};

export const NETWORK_FOLDERS: Readonly<Record<string, Folder>> = {
  'daemon/network': {
    // Phones are led to a page in the same way as at the first set-up; a spent budget is the media's to know.
    may: [...BASE, 'daemon/first-boot', 'daemon/media'],
    what: 'networks for guests and crew, as the config wants them',
  },
};

export const POWER_FOLDERS: Readonly<Record<string, Folder>> = {
  'daemon/power': {
    // What it switches off is of the media path.
    may: [...BASE, 'daemon/health/thresholds.ts', 'daemon/devices', 'daemon/media'],
    what: 'saving power, and shutting down',
  },
};
