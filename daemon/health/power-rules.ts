/** Alerts of the battery and of the shutdown. */
import type { Rule } from './step.ts';
import { BATTERY, batteryLevel } from './thresholds.ts';

export const POWER_RULES: readonly Rule[] = [
  {
    key: 'on-battery',
    severity: 'info',
    afterMs: 5_000,
    holdMs: 5_000,
    advice: 'Plug in the mains when you can.',
    dependsOn: ['battery-low', 'battery-empty', 'battery-unknown', 'power-off-failed'],
    find: ({ box }) =>
      box.battery.phase !== 'absent' && box.battery.mains === 'off'
        ? 'The box runs on its battery'
        : undefined,
  },
  {
    key: 'battery-low',
    afterMs: 10_000,
    holdMs: 30_000,
    advice: 'Plug in the mains.',
    dependsOn: ['battery-empty', 'power-off-failed'],
    find: ({ box }) =>
      batteryLevel(box.battery) === 'low'
        ? { text: 'The battery is low', detail: below(BATTERY.low) }
        : undefined,
  },
  {
    key: 'battery-empty',
    severity: 'critical',
    afterMs: 10_000,
    holdMs: 30_000,
    advice: 'Plug in the mains now; the box will end the drop and shut down by itself.',
    dependsOn: ['power-off-failed'],
    find: ({ box }) =>
      batteryLevel(box.battery) === 'empty'
        ? { text: 'The battery is almost empty', detail: below(BATTERY.empty) }
        : undefined,
  },
  {
    key: 'battery-unknown',
    afterMs: 15_000,
    holdMs: 10_000,
    advice: 'Stay on mains. Check the battery board, and power.board in the settings.',
    find: ({ box: { battery } }) =>
      battery.phase === 'unknown'
        ? { text: 'The battery cannot be read', detail: battery.reason }
        : undefined,
  },
  {
    key: 'power-off-failed',
    severity: 'critical',
    advice: 'Nothing is being recorded: it is safe to cut the power.',
    find: ({ box: { dropFaults } }) =>
      dropFaults?.notPoweredOff === undefined
        ? undefined
        : {
            text: 'The box could not shut down',
            detail: `logind or polkit refused it: ${dropFaults.notPoweredOff}`,
          },
  },
];

function below({ pct, s }: { readonly pct: number; readonly s: number }): string {
  return `below ${pct} % or ${s / 60} minutes`;
}
