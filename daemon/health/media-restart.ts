/** Restarts a media process that has stalled. */
import { pause } from '../../hal/os/async.ts';
import type { ClockAndLog } from '../../hal/os/log.ts';
import type { BoxEvent } from '../model/commands.ts';
import type { Alert } from '../model/snapshot.ts';

/** When stalled media processes were ended, the newest last. */
export interface MediaRestarts {
  readonly endedMs: readonly number[];
}

export const NO_RESTARTS: MediaRestarts = { endedMs: [] };

/** A new one has loaded, and reports, within this; so long nothing more is done. */
const REPORTS_WITHIN_MS = 15_000;
/** One that stalls again and again is repaired by no restart: systemd then restarts the box. */
const MAX_RESTARTS = 3;
const RESTARTS_WITHIN_MS = 300_000;

/** Whether one that is stalled now is to be ended. Pure. */
export function stepMediaRestart(
  before: MediaRestarts,
  isStalled: boolean,
  nowMs: number,
): { readonly restarts: MediaRestarts; readonly isDue: boolean } {
  const endedMs = before.endedMs.filter((atMs) => nowMs - atMs < RESTARTS_WITHIN_MS);
  const hasTime = nowMs - (endedMs.at(-1) ?? Number.NEGATIVE_INFINITY) >= REPORTS_WITHIN_MS;
  const isDue = isStalled && hasTime && endedMs.length < MAX_RESTARTS;
  return { restarts: { endedMs: isDue ? [...endedMs, nowMs] : endedMs }, isDue };
}

export interface MediaRestartDeps extends ClockAndLog {
  readonly warnings: () => readonly Alert[];
  /** Kills the media process; its supervisor starts another. */
  readonly endMedia: () => void;
  readonly onEvent: (event: BoxEvent) => void;
}

const POLL_MS = 1_000;
/** Alerts of a media process that does not do its work: restarting it restarts the encoders, too. */
const STALLS: readonly string[] = ['media-silent', 'stream-stalled'];

/** Ends a media process that has stalled, until `signal` aborts. Never fails. */
export async function restartStalledMedia(
  deps: MediaRestartDeps,
  signal: AbortSignal,
): Promise<void> {
  const { warnings, endMedia, onEvent, clock, log } = deps;
  let restarts = NO_RESTARTS;
  while (!signal.aborted) {
    const stalled = warnings().find(({ key }) => STALLS.includes(key));
    const step = stepMediaRestart(restarts, stalled !== undefined, clock.monotonicMs());
    restarts = step.restarts;
    if (step.isDue) {
      const reason = stalled?.detail ?? '';
      log.warn('media pipeline stalled', { reason });
      endMedia();
      const atMs = clock.wallMs();
      onEvent({ type: 'media.restarted', severity: 'warning', atMs, data: { reason } });
    }
    await pause(clock, POLL_MS, signal);
  }
}
