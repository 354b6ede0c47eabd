import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import type { BoxEvent } from '../model/commands.ts';
import type { Warning } from '../model/snapshot.ts';

/** What was done about a media process that hangs. */
export interface Revival {
  /** When it was ended, the newest last. */
  readonly endedMs: readonly number[];
}

export const NOTHING_REVIVED: Revival = { endedMs: [] };

/** A new one has loaded, and speaks, within this; so long nothing more is done. */
const SPEAKS_WITHIN_MS = 15_000;
/** One that hangs again and again is mended by no restart: systemd then starts the whole box. */
const MOST_WITHIN_MS = 300_000;
const MOST = 3;

/** Whether one that is silent now is to be ended. Pure. */
export function stepRevival(
  before: Revival,
  isSilent: boolean,
  nowMs: number,
): { readonly revival: Revival; readonly isDue: boolean } {
  const endedMs = before.endedMs.filter((atMs) => nowMs - atMs < MOST_WITHIN_MS);
  const hasTime = nowMs - (endedMs.at(-1) ?? Number.NEGATIVE_INFINITY) >= SPEAKS_WITHIN_MS;
  const isDue = isSilent && hasTime && endedMs.length < MOST;
  return { revival: { endedMs: isDue ? [...endedMs, nowMs] : endedMs }, isDue };
}

export interface ReviveDeps {
  readonly warnings: () => readonly Warning[];
  /** Ends the media process without asking it; its supervisor starts another. */
  readonly endMedia: () => void;
  readonly onEvent: (event: BoxEvent) => void;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_EVERY_MS = 1_000;

/** Ends a media process that is warned of as hung, until `signal` aborts. Never fails. */
export async function reviveMedia(deps: ReviveDeps, signal: AbortSignal): Promise<void> {
  const { warnings, endMedia, onEvent, clock, log } = deps;
  let revival = NOTHING_REVIVED;
  while (!signal.aborted) {
    const silent = warnings().find(({ key }) => key === 'media-silent');
    const step = stepRevival(revival, silent !== undefined, clock.monotonicMs());
    revival = step.revival;
    if (step.isDue) {
      const reason = silent?.text ?? '';
      log.warn('the media process is started anew', { reason });
      endMedia();
      const atMs = clock.wallMs();
      onEvent({ type: 'media.restarted', severity: 'warning', atMs, data: { reason } });
    }
    await pause(clock, LOOK_EVERY_MS, signal);
  }
}
