/** Figures of battery, camera, sound, printer and disks. */
import type { BoxSnapshot, RecordingTarget } from '../model/snapshot.ts';
import { type Figure, ratioOf, scaled, type Table } from './figure.ts';

/** In the topic `battery`. */
export const BATTERY = {
  soc_ratio: {
    unit: 'ratio',
    digits: 3,
    help: 'Charge of the battery, 0 to 1.',
    metric: 'battery_charge_ratio',
    entity: { id: 'battery', name: 'Battery', deviceClass: 'battery' },
    read: (box) => ratioOf(batteryOf(box)?.chargePct),
  },
  voltage_v: {
    unit: 'v',
    digits: 3,
    help: 'Voltage of the pack.',
    metric: 'battery_voltage_volts',
    read: (box) => scaled(batteryOf(box)?.voltageMv, 0.001),
  },
  current_a: {
    unit: 'a',
    digits: 3,
    help: 'Current into the pack; negative while it discharges.',
    metric: 'battery_current_amperes',
    read: (box) => scaled(batteryOf(box)?.currentMa, 0.001),
  },
  power_w: {
    unit: 'w',
    digits: 3,
    help: 'Power into the pack; negative while it discharges.',
    metric: 'battery_power_watts',
    entity: { id: 'battery_power', name: 'Battery power' },
    read: (box) => scaled(batteryOf(box)?.powerMw, 0.001),
  },
  runtime_s: {
    unit: 's',
    help: 'Time until the battery is empty at the present draw.',
    metric: 'battery_left_seconds',
    entity: { id: 'battery_runtime', name: 'Battery time left' },
    read: (box) => batteryOf(box)?.timeLeftS,
  },
  mains: {
    unit: 'boolean',
    help: '1 on mains, 0 on battery.',
    metric: 'mains_on',
    entity: { id: 'mains', name: 'Mains', deviceClass: 'plug' },
    read: ({ battery }) =>
      battery.phase === 'absent' || battery.mains === 'unknown'
        ? undefined
        : battery.mains === 'on',
  },
  charging: {
    unit: 'boolean',
    help: '1 while the battery is charged.',
    metric: 'battery_charging',
    read: (box) => batteryOf(box)?.isCharging,
  },
} as const satisfies Table<BoxSnapshot>;

function batteryOf({ battery }: BoxSnapshot) {
  return battery.phase === 'known' ? battery : undefined;
}

/** In the topic `camera`. */
export const CAMERA = {
  fps: {
    unit: 'fps',
    digits: 1,
    help: 'Frames of the camera in the last second.',
    metric: 'camera_frames_per_second',
    read: ({ media }) => media?.framesPerS,
  },
} as const satisfies Table<BoxSnapshot>;

/** Levels of one sound channel. */
export interface Channel {
  readonly peakDbfs: number;
  readonly rmsDbfs: number;
}

/** In the topic `audio`. */
export const CHANNEL = {
  peak_dbfs: {
    unit: 'dbfs',
    digits: 2,
    help: 'Peak of the last 100 ms.',
    metric: 'sound_peak_dbfs',
    isRequired: true,
    read: ({ peakDbfs }) => peakDbfs,
  },
  rms_dbfs: {
    unit: 'dbfs',
    digits: 2,
    help: 'RMS of the last 100 ms.',
    metric: 'sound_rms_dbfs',
    isRequired: true,
    read: ({ rmsDbfs }) => rmsDbfs,
  },
} as const satisfies Table<Channel>;

const PAPER = { ok: 'ok', low: 'near-end', out: 'out' } as const;

/** In the topic `printer`. */
export const PRINTER = {
  paper: {
    unit: 'state',
    options: ['ok', 'near-end', 'out', 'unknown'],
    help: 'Paper of the printer.',
    isRequired: true,
    entity: { id: 'paper', name: 'Paper', icon: 'mdi:receipt-text' },
    read: ({ printer }) => (printer.phase === 'known' ? PAPER[printer.paper] : 'unknown'),
  },
  cover: {
    unit: 'state',
    options: ['open', 'closed', 'unknown'],
    help: 'Cover of the printer.',
    isRequired: true,
    read: ({ printer }) => {
      if (printer.phase !== 'known') return 'unknown';
      return printer.isCoverOpen ? 'open' : 'closed';
    },
  },
  queue: {
    help: 'Slips on their way to the printer.',
    metric: 'prints_waiting',
    read: ({ prints }) => prints?.waiting,
  },
  printed: {
    help: 'Slips that were printed.',
    metric: 'prints_total',
    read: ({ prints }) => prints?.printedTotal,
  },
  failed: {
    help: 'Slips that could not be printed.',
    metric: 'prints_failed_total',
    read: ({ prints }) => prints?.failedTotal,
  },
} as const satisfies Table<BoxSnapshot>;

/** In Prometheus only. */
export const PRINTER_READY: readonly Figure<BoxSnapshot>[] = [
  {
    metric: 'printer_ready',
    unit: 'boolean',
    help: '1 while the printer is online, has paper and is closed.',
    read: ({ printer }) => {
      if (printer.phase === 'absent' || printer.phase === 'silent') return undefined;
      if (printer.phase !== 'known') return false;
      return printer.isOnline && printer.paper !== 'out' && !printer.isCoverOpen;
    },
  },
];

/** In the topic `storage`. */
export const STORAGE = {
  recordings: {
    help: 'Volumes that are recorded to.',
    metric: 'recordings',
    isRequired: true,
    read: ({ recording }) => recording.filter(({ phase }) => phase === 'recording').length,
  },
  remain_s: {
    unit: 's',
    help: 'Time until the first volume is full at the present rate.',
    entity: { id: 'recording_time', name: 'Recording time left' },
    read: ({ recording }) => {
      const remaining = recording.flatMap(({ remainingS }) => remainingS ?? []);
      return remaining.length === 0 ? undefined : Math.min(...remaining);
    },
  },
} as const satisfies Table<BoxSnapshot>;

/** Of each volume in the topic `storage`. */
export const VOLUME = {
  free_b: {
    unit: 'b',
    help: 'Space left on a volume.',
    metric: 'recording_free_bytes',
    read: ({ freeBytes }) => freeBytes,
  },
  remain_s: {
    unit: 's',
    help: 'Time until a volume is full at the present rate.',
    metric: 'recording_left_seconds',
    read: ({ remainingS }) => remainingS,
  },
  write_bps: {
    unit: 'bps',
    help: 'What is written to a volume.',
    metric: 'recording_bytes_per_second',
    read: ({ writtenBps }) => writtenBps,
  },
  lag_s: {
    unit: 's',
    digits: 3,
    help: 'How far a recording is behind the camera.',
    metric: 'recording_lag_seconds',
    read: ({ lagMs }) => scaled(lagMs, 0.001),
  },
} as const satisfies Table<RecordingTarget>;

/** In Prometheus only. */
export const VOLUME_RECORDING: readonly Figure<RecordingTarget>[] = [
  {
    metric: 'recording',
    unit: 'boolean',
    help: '1 while a volume is recorded to.',
    read: ({ phase }) => phase === 'recording',
  },
];
