/** Which recordings are deleted for space, and for how long a recording still fits. */
import type { StoredRecording } from './files/library.ts';
import type { TargetSettings } from './settings.ts';

export interface Volume {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export interface SpacePlan {
  /** To be deleted, in this order. */
  readonly deletions: readonly StoredRecording[];
  /** False where the reserve is not free even then. */
  readonly isEnough: boolean;
}

/** Once it has to delete, it frees this much beyond the reserve. */
const SLACK_BYTES = 32_000_000;
/** With less than this beyond the reserve no recording starts: it would end at once. */
const START_BYTES = 8_000_000;

/** What stays free on a volume: the larger of the two settings. */
export function reserveOf(settings: TargetSettings, { totalBytes }: Volume): number {
  return Math.max(settings.reserveBytes, (totalBytes * settings.reservePct) / 100);
}

/**
 * Which recordings to delete, oldest first, so that the reserve stays free.
 *
 * @param older Finished recordings, oldest first; the running one is not among them.
 * @param isRunning There is a running one.
 */
export function planSpace(
  settings: TargetSettings,
  volume: Volume,
  older: readonly StoredRecording[],
  isRunning: boolean,
): SpacePlan {
  let freeBytes = volume.freeBytes;
  const reserveBytes = reserveOf(settings, volume) + (isRunning ? 0 : START_BYTES);
  if (freeBytes >= reserveBytes) return { deletions: [], isEnough: true };
  const deletions: StoredRecording[] = [];
  if (settings.policy === 'oldest-first') {
    for (const recording of older) {
      if (freeBytes >= reserveBytes + SLACK_BYTES) break;
      deletions.push(recording);
      freeBytes += recording.bytes;
    }
  }
  const isEnough = freeBytes >= reserveBytes;
  // Deleting would not help: something else fills the disk.
  return { deletions: isEnough ? deletions : [], isEnough };
}

/** What recordings may still take, in bytes: without the reserve, with what the policy may delete. */
export function usableBytes(
  settings: TargetSettings,
  volume: Volume,
  older: readonly StoredRecording[],
): number {
  const deletable = settings.policy === 'oldest-first' ? older : [];
  const olderBytes = deletable.reduce((sum, { bytes }) => sum + bytes, 0);
  return Math.max(0, volume.freeBytes - reserveOf(settings, volume) + olderBytes);
}

/** For how long that lasts, in s; undefined while nothing is written. */
export function remainingS(bytes: number, writtenBps: number): number | undefined {
  return writtenBps <= 0 ? undefined : Math.floor((bytes * 8) / writtenBps);
}
