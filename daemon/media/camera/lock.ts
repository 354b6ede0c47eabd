/** Locks exposure and white balance of the camera during a drop. */
import type { Camera, LockedControls } from '../../../hal/camera/port.ts';
import { isAbort } from '../../../hal/os/clock.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { type ClockAndLog, type Log, messageOf } from '../../../hal/os/log.ts';
import type { BoxSnapshot } from '../../model/snapshot.ts';
import type { CameraLockStore } from './lock-store.ts';

/** What the lock depends on, at each poll. */
export interface LockFacts {
  /** Armed or live: light that changes must not move the picture's brightness any more. */
  readonly isWanted: boolean;
  readonly isFlowing: boolean;
  /** Names the pipeline that runs: libcamera forgets its lock with it. */
  readonly run: number;
}

export interface LockState {
  /** The pipeline for which the lock was done last. */
  readonly lockedRun: number | undefined;
  readonly flow: { readonly run: number; readonly sinceMs: number } | undefined;
}

/** A box before this one locked it, and was killed. */
export const PREVIOUS_RUN = -1;

export const UNLOCKED: LockState = { lockedRun: undefined, flow: undefined };

/** A camera that has just started still adjusts its exposure. */
const SETTLE_MS = 3_000;

/** Takes one poll; what is to be done is returned until {@link LockState.lockedRun} says that it was. */
export function stepLock(
  before: LockState,
  { isWanted, isFlowing, run }: LockFacts,
  nowMs: number,
): { readonly state: LockState; readonly act: 'lock' | 'unlock' | undefined } {
  const known = before.flow?.run === run ? before.flow : { run, sinceMs: nowMs };
  const flow = isFlowing ? known : undefined;
  const state = { ...before, flow };
  if (before.lockedRun === PREVIOUS_RUN) return { state, act: 'unlock' };
  if (!isWanted) return { state, act: before.lockedRun === undefined ? undefined : 'unlock' };
  const isSettled = flow !== undefined && nowMs - flow.sinceMs >= SETTLE_MS;
  return { state, act: isSettled && before.lockedRun !== run ? 'lock' : undefined };
}

export interface CameraLockDeps extends ClockAndLog {
  /** Undefined where nothing is to be locked. */
  readonly camera: Camera | undefined;
  readonly store: CameraLockStore;
  readonly snapshot: () => BoxSnapshot;
  readonly onLocked: (isLocked: boolean) => void;
}

const POLL_MS = 500;
const RETRY_MS = 5_000;
/** Controls answer in milliseconds; the box ends without those of a camera that hangs. */
const UNLOCK_MS = 2_000;

/**
 * Holds exposure and white balance while a drop is armed or live, and gives them
 * back after it and at the end. Never fails: a camera without such controls is
 * logged once, and the drop goes on.
 */
export async function runCameraLock(deps: CameraLockDeps, signal: AbortSignal): Promise<void> {
  const { camera, store, snapshot, onLocked, clock, log } = deps;
  if (camera === undefined) return;
  const former = await store.load();
  let state = former === undefined ? UNLOCKED : { ...UNLOCKED, lockedRun: PREVIOUS_RUN };
  let lastReason: string | undefined;
  const act = async (what: 'lock' | 'unlock'): Promise<void> => {
    let held: LockedControls = [];
    if (what === 'lock') held = await camera.lock(signal);
    else await camera.unlock(signal, former);
    await store.save(held);
    state = { ...state, lockedRun: what === 'lock' ? state.flow?.run : undefined };
    lastReason = undefined;
    onLocked(what === 'lock');
    log.info(`camera ${what}ed`, { camera: camera.name });
  };
  try {
    while (!signal.aborted) {
      const step = stepLock(state, factsOf(snapshot()), clock.monotonicMs());
      state = step.state;
      const failure = step.act && (await act(step.act).then(() => undefined, asHalError));
      if (failure?.code === 'UNSUPPORTED') {
        log.info('camera lock unsupported', { reason: failure.message });
        return;
      }
      if (failure !== undefined && failure.message !== lastReason) {
        lastReason = failure.message;
        log.warn('camera lock failed', { reason: failure.message });
      }
      await clock.sleep(failure === undefined ? POLL_MS : RETRY_MS, signal);
    }
  } catch (error) {
    if (!isAbort(error, signal)) throw error;
  } finally {
    if (state.lockedRun !== undefined) await giveBack(camera, store, former, log);
  }
}

/** A camera that stays locked would be so for the next program and the next drop. */
async function giveBack(
  camera: Camera,
  store: CameraLockStore,
  former: LockedControls | undefined,
  log: Log,
): Promise<void> {
  try {
    await camera.unlock(AbortSignal.timeout(UNLOCK_MS), former);
    await store.save([]);
  } catch (error) {
    log.warn('camera still locked', { reason: messageOf(error) });
  }
}

function factsOf({ drop, sources, children }: BoxSnapshot): LockFacts {
  const camera = children['camera'];
  return {
    isWanted: drop.phase === 'armed' || drop.phase === 'live',
    isFlowing: sources?.camera.phase === 'live' && camera?.phase === 'running',
    run: camera?.restartsTotal ?? 0,
  };
}

function asHalError(error: unknown): HalError {
  if (error instanceof HalError) return error;
  throw error;
}
