/** The part of the table of imports (folders.ts) for what prepares a drop. */

import type { Folder } from './folders-hal.ts';

const BASE = ['daemon/model', 'daemon/config', 'daemon/config/form'] as const;

export const READY_FOLDERS: Readonly<Record<string, Folder>> = {
  // Apart from daemon/drop: a drop is planned for weeks, its state machine knows the one that is on.
  'daemon/drops': {
    may: [...BASE, 'daemon/config/drop-list'],
    what: 'the list of coming drops, and the next one',
  },
  'daemon/ready/checklist': {
    may: ['daemon/model', 'daemon/health', 'daemon/health/thresholds.ts', 'daemon/drop'],
    what: 'each line of the checklist before a drop',
  },
  'daemon/ready': {
    may: [
      ...[...BASE, 'daemon/health', 'daemon/health/thresholds.ts'],
      ...['daemon/media', 'daemon/drop', 'daemon/ready/checklist'],
    ],
    what: 'preflight, rehearsal and survey',
  },
};
