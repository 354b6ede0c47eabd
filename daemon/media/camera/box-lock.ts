/** The lock of a box's camera, as a task. */
import type { Camera } from '../../../hal/camera/port.ts';
import type { Task } from '../../../hal/os/task.ts';
import type { Config } from '../../config/config.ts';
import { type CameraLockDeps, runCameraLock } from './lock.ts';
import { openCameraLockStore } from './lock-store.ts';

interface Box extends Pick<CameraLockDeps, 'snapshot' | 'clock' | 'log'> {
  readonly source: {
    readonly lockable: (config: Config) => Camera | undefined;
    readonly facts: () => { readonly camera: string };
    readonly use: (config: Config) => Promise<void>;
  };
  readonly state: { set(change: { readonly isCameraLocked: boolean }): void };
  readonly stateFolder: string;
}

/** @param config That is in force. */
export function lockingCamera(config: Config, box: Box): Task {
  const { source, state, stateFolder, log } = box;
  const onLocked = (isCameraLocked: boolean) => state.set({ isCameraLocked });
  return async (signal) => {
    // Where it cannot be used, which is said elsewhere, the one before is.
    await source.use(config).catch(() => undefined);
    const store = openCameraLockStore(stateFolder, source.facts().camera, log);
    const camera = source.lockable(config);
    await runCameraLock({ ...box, camera, store, onLocked }, signal);
    onLocked(false);
  };
}
