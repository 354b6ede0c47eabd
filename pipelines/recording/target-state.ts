/** The state of a target, as status and logs show it. */
import type { TargetSettings, TargetState } from './settings.ts';
import { remainingS, usableBytes } from './space.ts';
import type { FreeSpace, TargetError } from './volume.ts';

interface Known {
  readonly settings: TargetSettings;
  readonly isOn: boolean;
  readonly fault: TargetError | undefined;
  readonly name: string | undefined;
  readonly disks: readonly string[] | undefined;
  readonly space: FreeSpace | undefined;
  readonly writtenBps: number;
  readonly lagMs: number | undefined;
  readonly failuresTotal: number;
  readonly lostMs: number;
}

/** Leaves out what is not known, and rounds. */
export function describeTarget(known: Known): TargetState {
  const { settings, isOn, fault, name, disks, space, writtenBps, lagMs } = known;
  const usable = space && usableBytes(settings, space.volume, space.older);
  const left = usable === undefined ? undefined : remainingS(usable, writtenBps);
  return {
    id: settings.id,
    folder: settings.folder,
    phase: fault !== undefined ? 'failed' : isOn ? 'recording' : 'off',
    ...(fault === undefined ? {} : { failure: fault.failure, reason: fault.message }),
    ...(name === undefined ? {} : { name }),
    ...(disks === undefined ? {} : { disks }),
    ...(space === undefined ? {} : { freeBytes: space.volume.freeBytes }),
    ...(usable === undefined ? {} : { usableBytes: usable }),
    ...(left === undefined ? {} : { remainingS: left }),
    writtenBps: Math.round(writtenBps),
    ...(lagMs === undefined ? {} : { lagMs: Math.round(lagMs) }),
    failuresTotal: known.failuresTotal,
    lostMs: Math.round(known.lostMs),
  };
}
