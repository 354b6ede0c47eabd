import type { Rule } from './step.ts';

/** What is kept, heat, supply, memory, disks, clock. */

/** A Pi slows itself down from 80 degrees (Raspberry Pi documentation, "Frequency management"). */
const HOT_C = 80;
const DISK_FREE_LEAST = 0.05;
const DISK_SHORT_S = 30 * 60;
const WORN_PCT = 90;
const MEMORY_LEAST = 0.05;

export const MACHINE_RULES: readonly Rule[] = [
  {
    key: 'state-not-kept',
    severity: 'warning',
    afterMs: 0,
    holdMs: 0,
    advice: 'Make room or see to the disk and the rights of the state folder.',
    find: ({ box: { dropFaults } }) =>
      dropFaults?.notSaved === undefined
        ? undefined
        : `after a power failure the drop would not go on: ${dropFaults.notSaved.slice(0, 160)}`,
  },
  {
    key: 'hot',
    severity: 'warning',
    afterMs: 30_000,
    holdMs: 30_000,
    advice: 'Give the box air, and keep it out of the sun.',
    find: ({ box: { system } }) =>
      (system?.cpuC ?? 0) >= HOT_C || system?.throttling?.isHot === true
        ? `the processor is at ${HOT_C} degrees or more`
        : undefined,
  },
  {
    key: 'throttled',
    severity: 'warning',
    afterMs: 10_000,
    holdMs: 30_000,
    advice: 'See to cooling and to the power supply; take fewer renditions if it stays.',
    find: ({ box: { system } }) =>
      system?.throttling?.isSlowed === true ? 'the processor slows itself down' : undefined,
  },
  {
    key: 'undervoltage',
    severity: 'critical',
    afterMs: 2_000,
    holdMs: 30_000,
    advice: 'Take a stronger supply and a shorter, thicker cable.',
    find: ({ box: { system } }) =>
      system?.throttling?.isUnderVoltage === true ? 'the supply voltage is too low' : undefined,
  },
  {
    key: 'undervoltage-seen',
    severity: 'info',
    afterMs: 0,
    holdMs: 0,
    advice: 'Take a stronger supply before the next drop.',
    find: ({ box: { system } }) =>
      system?.throttling?.wasUnderVoltage === true && !system.throttling.isUnderVoltage
        ? 'the supply voltage was too low since the start'
        : undefined,
  },
  {
    key: 'memory-low',
    severity: 'warning',
    afterMs: 30_000,
    holdMs: 30_000,
    advice: 'End other programs, or lower viewers.window_s.',
    find: ({ box: { system } }) =>
      (system?.memoryAvailableBytes ?? Infinity) < MEMORY_LEAST * (system?.memoryTotalBytes ?? 0)
        ? 'less than a twentieth of the memory is free'
        : undefined,
  },
  {
    key: 'disk-*-low',
    severity: 'warning',
    afterMs: 5_000,
    holdMs: 60_000,
    advice: 'Make room, or take another disk.',
    find: ({ box: { system, recording } }) => [
      ...recording
        .filter(({ remainingS }) => (remainingS ?? Infinity) < DISK_SHORT_S)
        .map(({ id, folder }) => ({ id, text: `${folder} has room for less than half an hour` })),
      ...(system?.disks ?? [])
        .filter(({ freeBytes, totalBytes }) => freeBytes < DISK_FREE_LEAST * totalBytes)
        .map(({ mount }) => ({
          id: mount === '/' ? 'root' : mount,
          text: `${mount} is nearly full`,
        })),
    ],
  },
  {
    key: 'disk-*-worn',
    severity: 'warning',
    afterMs: 0,
    holdMs: 0,
    advice: 'Replace it before it fails.',
    find: ({ box: { system } }) =>
      (system?.disks ?? [])
        .filter(({ wornPct }) => (wornPct ?? 0) >= WORN_PCT)
        .map(({ mount }) => ({ id: mount === '/' ? 'root' : mount, text: `${mount} is worn out` })),
  },
  {
    key: 'clock-unsynchronised',
    severity: 'warning',
    afterMs: 120_000,
    holdMs: 5_000,
    advice: 'Give the box a network with a time server: recordings and certificates need the time.',
    find: ({ box: { system } }) =>
      system?.clock.phase === 'free' ? 'nobody sets the clock' : undefined,
  },
];
