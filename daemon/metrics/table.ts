import type { BoxSnapshot, DropPhase, PowerPhase } from '../model/snapshot.ts';
import { type Metric, type Sample, scaled } from './metric.ts';
import { edgeMetrics } from './table-edge.ts';
import { mediaMetrics } from './table-media.ts';
import { uplinkMetrics } from './table-uplink.ts';

const PHASES: readonly DropPhase[] = ['idle', 'preflight', 'armed', 'live', 'ending', 'fault'];
const POWER: readonly PowerPhase[] = ['normal', 'saving', 'last-minutes', 'shut-down'];

const boxMetrics: readonly Metric[] = [
  {
    name: 'venuebox_info',
    help: 'What this box is; always 1.',
    type: 'gauge',
    labels: ['box', 'version', 'camera', 'sound', 'encoder'],
    samples: ({ name, version, camera, sound, encoder }) => [
      [1, { box: name, version, camera, sound, encoder }],
    ],
  },
  {
    name: 'venuebox_start_time_seconds',
    help: 'When the daemon was started, in Unix time.',
    type: 'gauge',
    samples: ({ startedAt }) => [[Date.parse(startedAt) / 1000]],
  },
  {
    name: 'venuebox_drop_phase',
    help: '1 for where the evening stands, 0 for the other phases.',
    type: 'gauge',
    labels: ['phase'],
    samples: ({ drop }) => oneOf('phase', PHASES, drop.phase),
  },
  {
    name: 'venuebox_power_phase',
    help: '1 for what the power that is left asks of the box, 0 for the other phases.',
    type: 'gauge',
    labels: ['phase'],
    samples: ({ power }) => oneOf('phase', POWER, power),
  },
  {
    name: 'venuebox_warnings',
    help: 'Warnings that are visible now.',
    type: 'gauge',
    labels: ['severity'],
    samples: ({ warnings }) =>
      ['info', 'warning', 'critical'].map((severity) => [
        warnings.filter((one) => one.severity === severity).length,
        { severity },
      ]),
  },
  {
    name: 'venuebox_child_up',
    help: '1 while a child process runs.',
    type: 'gauge',
    labels: ['child'],
    samples: ({ children }) =>
      Object.entries(children).map(([child, { phase }]) => [
        Number(phase === 'running'),
        { child },
      ]),
  },
  {
    name: 'venuebox_child_restarts_total',
    help: 'Restarts of a child process.',
    type: 'counter',
    labels: ['child'],
    samples: ({ children }) =>
      Object.entries(children).map(([child, { restartsTotal }]) => [restartsTotal, { child }]),
  },
  {
    name: 'venuebox_events_waiting',
    help: 'Events that are not with the MQTT broker yet.',
    type: 'gauge',
    samples: ({ events }) => [[events?.waiting]],
  },
  {
    name: 'venuebox_events_lost_total',
    help: 'Events for which there was no room while they waited.',
    type: 'counter',
    samples: ({ events }) => [[events?.lostTotal]],
  },
  {
    name: 'venuebox_battery_charge_ratio',
    help: 'Charge of the battery, 0 to 1.',
    type: 'gauge',
    samples: ({ battery }) => [[scaled(known(battery)?.chargePct, 0.01)]],
  },
  {
    name: 'venuebox_battery_voltage_volts',
    help: 'Voltage of the whole pack.',
    type: 'gauge',
    samples: ({ battery }) => [[scaled(known(battery)?.voltageMv, 0.001)]],
  },
  {
    name: 'venuebox_battery_power_watts',
    help: 'Power into the pack; negative while it discharges.',
    type: 'gauge',
    samples: ({ battery }) => [[scaled(known(battery)?.powerMw, 0.001)]],
  },
  {
    name: 'venuebox_battery_left_seconds',
    help: 'Time until the battery is empty at the present draw.',
    type: 'gauge',
    samples: ({ battery }) => [[known(battery)?.timeLeftS]],
  },
  {
    name: 'venuebox_mains_on',
    help: '1 on mains, 0 on battery.',
    type: 'gauge',
    samples: ({ battery }) => {
      const mains = battery.phase === 'absent' ? 'unknown' : battery.mains;
      return [[mains === 'unknown' ? undefined : Number(mains === 'on')]];
    },
  },
  {
    name: 'venuebox_cpu_temperature_celsius',
    help: 'The hottest sensor of the CPU.',
    type: 'gauge',
    samples: ({ system }) => [[system?.cpuC]],
  },
  {
    name: 'venuebox_cpu_load_ratio',
    help: 'Load of the CPU, 0 to 1.',
    type: 'gauge',
    samples: ({ system }) => [[scaled(system?.loadPct, 0.01)]],
  },
  {
    name: 'venuebox_throttled',
    help: '1 while the firmware slows the CPU or the supply is too weak.',
    type: 'gauge',
    samples: ({ system }) => {
      const now = system?.throttling;
      return [[now === undefined ? undefined : Number(now.isSlowed || now.isUnderVoltage)]];
    },
  },
  {
    name: 'venuebox_memory_available_bytes',
    help: 'Memory that programs can have.',
    type: 'gauge',
    samples: ({ system }) => [[system?.memoryAvailableBytes]],
  },
  {
    name: 'venuebox_clock_synchronised',
    help: '1 while the clock is set by somebody who knows the time.',
    type: 'gauge',
    samples: ({ system }) => {
      const phase = system?.clock.phase ?? 'unknown';
      return [[phase === 'unknown' ? undefined : Number(phase === 'synchronised')]];
    },
  },
  {
    name: 'venuebox_recording',
    help: '1 while a volume is recorded to.',
    type: 'gauge',
    labels: ['volume'],
    samples: ({ recording }) =>
      recording.map(({ id, phase }) => [Number(phase === 'recording'), { volume: id }]),
  },
  {
    name: 'venuebox_recording_free_bytes',
    help: 'Space left on a volume.',
    type: 'gauge',
    labels: ['volume'],
    samples: ({ recording }) => recording.map(({ id, freeBytes }) => [freeBytes, { volume: id }]),
  },
  {
    name: 'venuebox_recording_left_seconds',
    help: 'How long the space lasts at the present rate.',
    type: 'gauge',
    labels: ['volume'],
    samples: ({ recording }) => recording.map(({ id, remainingS }) => [remainingS, { volume: id }]),
  },
  {
    name: 'venuebox_printer_ready',
    help: '1 while the printer is online, has paper and is closed.',
    type: 'gauge',
    samples: ({ printer }) => {
      if (printer.phase === 'absent' || printer.phase === 'silent') return [];
      const isReady =
        printer.phase === 'known' &&
        printer.isOnline &&
        printer.paper !== 'out' &&
        !printer.isCoverOpen;
      return [[Number(isReady)]];
    },
  },
];

/** Every metric of the box. */
export const METRICS: readonly Metric[] = [
  ...boxMetrics,
  ...mediaMetrics,
  ...edgeMetrics,
  ...uplinkMetrics,
];

function oneOf(label: string, all: readonly string[], now: string): readonly Sample[] {
  return all.map((one) => [Number(one === now), { [label]: one }]);
}

function known(battery: BoxSnapshot['battery']) {
  return battery.phase === 'known' ? battery : undefined;
}
