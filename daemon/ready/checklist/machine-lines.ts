/** Recordings, battery, clock, printer and the system's disk. Pure. */

import { describeShared, sharedDisks } from '../../health/recording-rules.ts';
import { BATTERY, isDiskLow } from '../../health/thresholds.ts';
import type { Line } from '../../model/readiness.ts';
import { renderDuration } from '../../model/rounding.ts';
import type { RecordingTarget } from '../../model/snapshot.ts';
import { type Facts, fail, type Plan, pass, warn } from './line.ts';

/** Room beyond the plan: encores. */
const MARGIN = 1.2;

export function recordingLine({ box, plan }: Facts): Line {
  const name = 'recording';
  const { recording } = box;
  if (recording.length === 0) {
    return fail(name, 'nothing is recorded', 'Set two folders on two disks in recording.targets.');
  }
  const failed = recording.filter(({ phase }) => phase === 'failed');
  if (failed.length > 0) {
    const why = failed.map(({ id, reason = 'failed' }) => `${id}: ${reason}`).join(', ');
    return failed.every(({ failure }) => failure === 'others')
      ? fail(name, why, 'Save those and delete them, or take another disk: it goes on by itself.')
      : fail(name, why, 'Check that disk, or choose another folder.');
  }
  const wanted = `${renderDuration(plan.leftS)}${plan.isPlannedSaid ? '' : ' (no plan is set)'}`;
  const short = recording.filter((target) => isShort(target, plan));
  const rooms = recording.map((target) => roomOf(target, plan)).join(', ');
  if (short.length > 0) {
    return fail(name, `${rooms}; the drop needs ${wanted}`, 'Free space, or take another disk.');
  }
  if (recording.some((target) => roomS(target, plan) === undefined)) {
    return warn(name, `${rooms}, for ${wanted}`, 'Check that disk, or choose another folder.');
  }
  if (recording.length < 2) {
    return warn(
      name,
      `one copy only: ${rooms}, for ${wanted}`,
      'Plug in a second disk and add it to recording.targets.',
    );
  }
  const shared = describeShared(sharedDisks(recording));
  return shared === undefined
    ? pass(name, `${rooms}, for ${wanted}`)
    : warn(name, shared, 'Give each copy a disk of its own.');
}

/** Before the drop nothing is written: by what the drop will write. Undefined where it is not known. */
function roomS(
  { usableBytes, remainingS }: RecordingTarget,
  { recordedBps }: Plan,
): number | undefined {
  const plannedS =
    usableBytes === undefined ? undefined : (usableBytes * 8) / Math.max(1, recordedBps);
  return remainingS ?? plannedS;
}

function isShort(target: RecordingTarget, plan: Plan): boolean {
  const room = roomS(target, plan);
  return room !== undefined && room < plan.leftS * MARGIN;
}

function roomOf(target: RecordingTarget, plan: Plan): string {
  const room = roomS(target, plan);
  return `${target.id}: ${room === undefined ? 'room not known' : `room for ${renderDuration(room)}`}`;
}

export function batteryLine({ box: { battery }, plan }: Facts): Line {
  const name = 'battery for the plan';
  if (battery.phase === 'absent') {
    return warn(
      name,
      'there is no battery',
      'A power cut ends the drop: use a UPS board, or secure the plug.',
    );
  }
  if (battery.phase === 'unknown') {
    return warn(name, `not known: ${battery.reason}`, 'Stay on mains; check the battery board.');
  }
  const { chargePct, timeLeftS, mains } = battery;
  const charge = chargePct === undefined ? 'charge unknown' : `${Math.round(chargePct)} %`;
  const neededS = plan.waitS + plan.leftS;
  if (mains === 'on') {
    return (chargePct ?? 0) < BATTERY.saving.pct
      ? warn(name, `on mains, ${charge}`, 'Let it charge before the drop.')
      : pass(name, `on mains, ${charge}; the drop is planned for ${renderDuration(plan.plannedS)}`);
  }
  if (timeLeftS === undefined) {
    return warn(name, `mains ${mains}, ${charge}, time left not known`, 'Plug in the mains.');
  }
  // The box shuts down before the battery is empty.
  const usableS = Math.max(0, timeLeftS - BATTERY.shutDown.s);
  const seen = `${charge}, ${renderDuration(usableS)} left of ${renderDuration(neededS)}`;
  return usableS < neededS
    ? fail(name, seen, 'Plug in the mains, or take a full battery.')
    : pass(name, seen);
}

export function systemDiskLine({ box: { system } }: Facts): Line {
  const name = 'system disk';
  const root = system?.disks.find(({ mount }) => mount === '/');
  if (root === undefined) return warn(name, 'not known yet', 'Wait a few seconds.');
  const free = `${(root.freeBytes / 1e9).toFixed(1)} GB free`;
  return isDiskLow(root) ? fail(name, free, 'Delete old recordings or clips.') : pass(name, free);
}

export function printerLine({ box: { printer, prints }, plan }: Facts): Line {
  const name = 'printer and paper';
  const count = prints?.waiting ?? 0;
  const waiting = count === 0 ? '' : `, ${count} ${count === 1 ? 'slip waits' : 'slips wait'}`;
  if (!plan.hasPrinter || printer.phase === 'absent') return pass(name, 'no printer is configured');
  if (printer.phase === 'away') {
    return fail(name, `away: ${printer.reason}`, 'Switch it on and check its cable.');
  }
  if (printer.phase === 'silent') {
    return warn(
      name,
      `takes slips and reports nothing${waiting}`,
      'Look at its paper, and print the address once.',
    );
  }
  if (printer.paper === 'out') return fail(name, `no paper${waiting}`, 'Put in a new roll.');
  if (printer.isCoverOpen) return fail(name, `its cover is open${waiting}`, 'Close it.');
  if (printer.fault !== undefined || !printer.isOnline) {
    return fail(
      name,
      `${printer.fault ?? 'offline'}${waiting}`,
      'Fix the printer, then print the address.',
    );
  }
  return printer.paper === 'low'
    ? warn(name, `online, little paper left${waiting}`, 'Have a second roll at hand.')
    : pass(name, `online, paper is there${waiting}`);
}
