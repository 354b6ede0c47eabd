/** Saves which camera controls are locked. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { LockedControls } from '../../../hal/camera/port.ts';
import { parseAs } from '../../../hal/os/files/json.ts';
import { type Log, messageOf } from '../../../hal/os/log.ts';
import { saveFile } from '../../../hal/os/save-file.ts';

/**
 * What a lock holds, for the box after this one: a USB camera keeps its controls when
 * the box is killed. (A power cut resets the camera, too, and setting it once more
 * does no harm.)
 */
export interface CameraLockStore {
  /** Undefined where no box before this one was killed with its camera locked. */
  load(): Promise<LockedControls | undefined>;
  /** Empty for a camera that is not locked, or forgets its lock by itself. Never fails. */
  save(held: LockedControls): Promise<void>;
}

const Controls = v.pipe(v.array(v.tuple([v.number(), v.number()])), v.minLength(1));
const SavedLock = v.object({ camera: v.string(), held: Controls });

/** @param camera its name: another one's controls are not touched. */
export function openCameraLockStore(folder: string, camera: string, log: Log): CameraLockStore {
  const path = join(folder, 'camera-lock.json');
  return {
    load: async () => {
      const text = await readFile(path, 'utf8').catch(() => '');
      const kept = parseAs(SavedLock, text);
      return kept?.camera === camera ? kept.held : undefined;
    },
    save: async (held) => {
      try {
        if (held.length > 0) await saveFile(path, JSON.stringify({ camera, held }));
        else await rm(path, { force: true });
      } catch (error) {
        log.warn('camera lock not saved', { path, reason: messageOf(error) });
      }
    },
  };
}
