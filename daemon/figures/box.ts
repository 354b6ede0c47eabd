/** Figures of the box itself: the drop, the computer, child processes, events. */
import type { Supervised } from '../../hal/os/supervise.ts';
import { type Alert, type BoxSnapshot, DROP_PHASES, POWER_PHASES } from '../model/snapshot.ts';
import { type Figure, ratioOf, scaled, type Table } from './figure.ts';

/** In the topic `status`. */
export const STATUS = {
  state: {
    unit: 'state',
    options: DROP_PHASES,
    label: 'phase',
    help: 'Phase of the drop.',
    metric: 'drop_phase',
    isRequired: true,
    entity: { id: 'state', name: 'State', icon: 'mdi:broadcast' },
    read: ({ drop }) => drop.phase,
  },
  power: {
    unit: 'state',
    options: POWER_PHASES,
    label: 'phase',
    help: 'How far the box saves power.',
    metric: 'power_phase',
    isRequired: true,
    entity: { id: 'power', name: 'Power', isDiagnostic: true },
    read: ({ power }) => power,
  },
  cpu_temp_c: {
    unit: 'c',
    digits: 1,
    help: 'The hottest sensor of the CPU.',
    metric: 'cpu_temperature_celsius',
    entity: { id: 'cpu_temperature', name: 'CPU temperature', isDiagnostic: true },
    read: ({ system }) => system?.cpuC,
  },
  throttled: {
    unit: 'boolean',
    help: '1 while the firmware slows the CPU or the supply is too weak.',
    metric: 'throttled',
    read: ({ system }) => {
      const now = system?.throttling;
      return now && (now.isUnderVoltage || now.isSlowed || now.isHot);
    },
  },
  clock_offset_s: {
    unit: 's',
    isSigned: true,
    digits: 6,
    help: 'What the kernel has yet to correct of its clock; 0 under chrony.',
    metric: 'clock_offset_seconds',
    read: ({ system }) => scaled(system?.clock.offsetMs, 0.001),
  },
  clock_error_s: {
    unit: 's',
    digits: 3,
    help: 'The largest error that the kernel expects of its clock.',
    metric: 'clock_max_error_seconds',
    read: ({ system }) => scaled(system?.clock.maxErrorMs, 0.001),
  },
  clock_synced: {
    unit: 'boolean',
    help: '1 while the clock is synchronised.',
    metric: 'clock_synchronised',
    read: ({ system }) => {
      const phase = system?.clock.phase ?? 'unknown';
      return phase === 'unknown' ? undefined : phase === 'synchronised';
    },
  },
} as const satisfies Table<BoxSnapshot>;

export const LOAD: Figure<BoxSnapshot> = {
  metric: 'cpu_load_ratio',
  unit: 'ratio',
  digits: 2,
  help: 'Load of the CPU, 0 to 1.',
  read: ({ system }) => ratioOf(system?.loadPct),
};

/** In Prometheus only. */
export const BOX: readonly Figure<BoxSnapshot>[] = [
  {
    metric: 'start_time_seconds',
    unit: 's',
    help: 'When the daemon was started, in Unix time.',
    read: ({ startedAt }) => Date.parse(startedAt) / 1000,
  },
  {
    metric: 'events_waiting',
    help: 'Events that the MQTT broker has not acknowledged.',
    read: ({ events }) => events?.waiting,
  },
  {
    metric: 'events_lost_total',
    help: 'Events that were lost because the spool was full.',
    read: ({ events }) => events?.lostTotal,
  },
  LOAD,
  {
    metric: 'memory_available_bytes',
    unit: 'b',
    help: 'Memory available to programs.',
    read: ({ system }) => system?.memoryAvailableBytes,
  },
];

export const CHILD: readonly Figure<Supervised>[] = [
  {
    metric: 'child_up',
    unit: 'boolean',
    help: '1 while a child process runs.',
    read: ({ phase }) => phase === 'running',
  },
  {
    metric: 'child_restarts_total',
    help: 'Restarts of a child process.',
    read: ({ restartsTotal }) => restartsTotal,
  },
];

/** Of the alerts of one severity. */
export const WARNINGS: readonly Figure<readonly Alert[]>[] = [
  {
    metric: 'warnings',
    help: 'Alerts that are shown now.',
    read: (warnings) => warnings.length,
  },
];
