import type { BoxSnapshot } from '../model/snapshot.ts';
import type { Rule } from './step.ts';

/** Battery, and the end of the machine. */

const LOW_PCT = 30;
const LOW_S = 30 * 60;
const EMPTY_PCT = 12;
const EMPTY_S = 10 * 60;

type Known = Extract<BoxSnapshot['battery'], { phase: 'known' }>;

export const POWER_RULES: readonly Rule[] = [
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
    find: ({ box: { dropFaults } }) =>
      dropFaults?.notPoweredOff === undefined
        ? undefined
        : `the machine could not be shut down: ${dropFaults.notPoweredOff.slice(0, 160)}`,
  },
];

/** On its battery, with a figure below either; a figure that nobody told says nothing. */
function isBelow({ battery }: BoxSnapshot, pct: number, s: number): boolean {
  return battery.phase === 'known' && battery.mains !== 'on' && isLess(battery, pct, s);
}

function isLess({ chargePct, timeLeftS }: Known, pct: number, s: number): boolean {
  return (chargePct ?? Infinity) < pct || (timeLeftS ?? Infinity) < s;
}
