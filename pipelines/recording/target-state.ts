import type { TargetSettings, TargetState } from './settings.ts';
import { remainingS } from './space.ts';
import type { Room, TargetError } from './volume.ts';

/** What a target knows of itself. */
interface Known {
  readonly settings: TargetSettings;
  readonly isOn: boolean;
  readonly trouble: TargetError | undefined;
  readonly name: string | undefined;
  readonly disks: readonly string[] | undefined;
  readonly room: Room | undefined;
  readonly writtenBps: number;
  readonly lagMs: number | undefined;
  readonly failuresTotal: number;
  readonly lostMs: number;
}

/** The same for others: without what is not known, in whole figures. */
export function describeTarget(known: Known): TargetState {
  const { settings, isOn, trouble, name, disks, room, writtenBps, lagMs } = known;
  const left = room && remainingS(settings, room.volume, room.older, writtenBps);
  return {
    id: settings.id,
    folder: settings.folder,
    phase: trouble !== undefined ? 'failed' : isOn ? 'recording' : 'off',
    ...(trouble === undefined ? {} : { failure: trouble.failure, reason: trouble.message }),
    ...(name === undefined ? {} : { name }),
    ...(disks === undefined ? {} : { disks }),
    ...(room === undefined ? {} : { freeBytes: room.volume.freeBytes }),
    ...(left === undefined ? {} : { remainingS: left }),
    writtenBps: Math.round(writtenBps),
    ...(lagMs === undefined ? {} : { lagMs: Math.round(lagMs) }),
    failuresTotal: known.failuresTotal,
    lostMs: Math.round(known.lostMs),
  };
}
