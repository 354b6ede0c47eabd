/** The lock of a box's camera, as a task. */
import type { Camera } from '../../../hal/camera/port.ts';
import type { Task } from '../../../hal/os/task.ts';
import { type CameraLockDeps, runCameraLock } from './lock.ts';
import { openCameraLockStore } from './lock-store.ts';

interface Box extends Pick<CameraLockDeps, 'snapshot' | 'clock' | 'log'> {
  readonly source: {
    readonly lockable: Camera | undefined;
    readonly facts: { readonly camera: string };
  };
  readonly state: { set(change: { readonly isCameraLocked: boolean }): void };
  readonly stateFolder: string;
}

export function lockingCamera(box: Box): Task {
  const { source, state, stateFolder, log } = box;
  const store = openCameraLockStore(stateFolder, source.facts.camera, log);
  const onLocked = (isCameraLocked: boolean) => state.set({ isCameraLocked });
  return (signal) => runCameraLock({ ...box, camera: source.lockable, store, onLocked }, signal);
}
