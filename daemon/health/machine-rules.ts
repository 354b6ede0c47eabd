import type { BoxSnapshot } from '../snapshot.ts';
import type { Rule } from './step.ts';

/** Battery, end of the machine, buttons and lamps, heat, supply, disks, clock, printer. */

const LOW_PCT = 30;
const LOW_S = 30 * 60;
const EMPTY_PCT = 12;
const EMPTY_S = 10 * 60;
/** A Pi slows itself down from 80 degrees (Raspberry Pi documentation, "Frequency management"). */
const HOT_C = 80;
const DISK_FREE_LEAST = 0.05;
const DISK_SHORT_S = 30 * 60;
const WORN_PCT = 90;
const MEMORY_LEAST = 0.05;

type Known = Extract<BoxSnapshot['battery'], { phase: 'known' }>;

export const MACHINE_RULES: readonly Rule[] = [
  {
    key: 'on-battery',
    severity: 'info',
    afterMs: 5_000,
    holdMs: 5_000,
    advice: 'Plug in the mains when you can.',
    find: ({ box }) =>
      box.battery.phase !== 'absent' && box.battery.mains === 'off'
        ? 'the box runs on its battery'
        : undefined,
  },
  {
    key: 'battery-low',
    severity: 'warning',
    afterMs: 10_000,
    holdMs: 30_000,
    advice: 'Plug in the mains.',
    find: ({ box }) =>
      isBelow(box, LOW_PCT, LOW_S) && !isBelow(box, EMPTY_PCT, EMPTY_S)
        ? `the battery is below ${LOW_PCT} % or half an hour`
        : undefined,
  },
  {
    key: 'battery-empty',
    severity: 'critical',
    afterMs: 10_000,
    holdMs: 30_000,
    advice: 'Plug in the mains now; the box will end the drop and shut down by itself.',
    find: ({ box }) =>
      isBelow(box, EMPTY_PCT, EMPTY_S)
        ? `the battery is below ${EMPTY_PCT} % or ten minutes`
        : undefined,
  },
  {
    key: 'battery-unknown',
    severity: 'warning',
    afterMs: 15_000,
    holdMs: 10_000,
    advice: 'Stay on mains; check the battery board and power.board in the config.',
    find: ({ box: { battery } }) =>
      battery.phase === 'unknown'
        ? `the battery cannot be read: ${battery.reason.slice(0, 160)}`
        : undefined,
  },
  {
    key: 'power-off-failed',
    severity: 'critical',
    afterMs: 0,
    holdMs: 0,
    advice:
      'Nothing is being recorded: the power can be cut. See that logind and polkit let the box do it.',
    find: ({ box: { troubles } }) =>
      troubles?.notOff === undefined
        ? undefined
        : `the machine could not be shut down: ${troubles.notOff.slice(0, 160)}`,
  },
  {
    key: 'buttons-away',
    severity: 'warning',
    afterMs: 5_000,
    holdMs: 2_000,
    advice:
      'Work the box from the operator’s page. Check the cable, and panel.buttons in the config.',
    find: ({ box: { panelAway } }) =>
      panelAway?.['buttons'] === undefined
        ? undefined
        : `the buttons do not answer: ${panelAway['buttons'].slice(0, 160)}`,
  },
  {
    key: 'lamps-away',
    severity: 'warning',
    afterMs: 5_000,
    holdMs: 2_000,
    advice: 'Read the operator’s page instead. Check the cable, and panel.lamps in the config.',
    find: ({ box: { panelAway } }) => {
      const away = Object.entries(panelAway ?? {}).filter(([part]) => part !== 'buttons');
      const [first] = away;
      if (first === undefined) return undefined;
      return `lamps are dark (${away.map(([lamp]) => lamp).join(', ')}): ${first[1].slice(0, 160)}`;
    },
  },
  {
    key: 'state-not-kept',
    severity: 'warning',
    afterMs: 0,
    holdMs: 0,
    advice: 'Make room or see to the disk and the rights of the state folder.',
    find: ({ box: { troubles } }) =>
      troubles?.notKept === undefined
        ? undefined
        : `after a power failure the drop would not go on: ${troubles.notKept.slice(0, 160)}`,
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
  {
    key: 'printer-away',
    severity: 'warning',
    afterMs: 10_000,
    holdMs: 5_000,
    advice: 'Check its plug and its switch.',
    find: ({ box: { printer } }) =>
      printer.phase === 'away' || (printer.phase === 'known' && !printer.isOnline)
        ? 'the printer is away'
        : undefined,
  },
  {
    key: 'printer-paper-out',
    severity: 'warning',
    afterMs: 2_000,
    holdMs: 2_000,
    advice: 'Put in a new roll, and print again what failed: nothing waits for it.',
    find: ({ box: { printer } }) =>
      printer.phase === 'known' && printer.paper === 'out'
        ? 'the printer is out of paper'
        : undefined,
  },
  {
    key: 'printer-paper-low',
    severity: 'info',
    afterMs: 5_000,
    holdMs: 5_000,
    advice: 'Have a new roll at hand.',
    find: ({ box: { printer } }) =>
      printer.phase === 'known' && printer.paper === 'low'
        ? 'the paper is nearly used up'
        : undefined,
  },
  {
    key: 'printer-open',
    severity: 'warning',
    afterMs: 5_000,
    holdMs: 1_000,
    advice: 'Close its cover.',
    find: ({ box: { printer } }) =>
      printer.phase === 'known' && printer.isCoverOpen ? "the printer's cover is open" : undefined,
  },
  {
    key: 'printer-fault',
    severity: 'warning',
    afterMs: 2_000,
    holdMs: 2_000,
    advice: 'Open it, clear the paper, and switch it off and on.',
    find: ({ box: { printer } }) =>
      printer.phase === 'known' && printer.fault !== undefined
        ? `the printer has a fault: ${printer.fault}`
        : undefined,
  },
];

/** On its battery, with a figure below either; a figure that nobody told says nothing. */
function isBelow({ battery }: BoxSnapshot, pct: number, s: number): boolean {
  return battery.phase === 'known' && battery.mains !== 'on' && isLess(battery, pct, s);
}

function isLess({ chargePct, timeLeftS }: Known, pct: number, s: number): boolean {
  return (chargePct ?? Infinity) < pct || (timeLeftS ?? Infinity) < s;
}
