/** Decides when the box is ready and whether it is alive, for systemd. */
import {
  isStalled,
  type MediaStall,
  startMediaStall,
  stepMediaStall,
} from '../health/media-stall.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';

/**
 * What systemd needs to know: when the box is ready, and that it is still alive. The
 * main loop proves itself by reporting at all.
 *
 * Alive is not healthy: while a child is down its supervisor is at work, and a
 * restart of the whole box would repair nothing but lose the viewers' window.
 * Only what nothing else repairs counts: a media process that runs without a
 * report, or capture that runs on air for long while no part comes.
 */
export interface WatchdogState {
  readonly startedMs: number;
  readonly isReady: boolean;
  readonly mediaStall: MediaStall;
  readonly partsTotal: number;
  readonly capturesTotal: number;
  /** When a part came last, or none was expected. */
  readonly partMs: number;
}

export interface WatchdogStep {
  readonly state: WatchdogState;
  /** True once: the time for READY=1. */
  readonly isNewlyReady: boolean;
  readonly isAlive: boolean;
  /** One line for `systemctl status`. */
  readonly status: string;
}

/**
 * A Pi that swaps is late, not dead. A media process that stalls is restarted up to three
 * times by health/media-restart: a restart of the box is for what that does not repair.
 */
const MEDIA_LIMITS = { reportMs: 10_000, loadMs: 60_000 };
/** Capture that stalls is ended after some seconds and restarts: so long is no camera's fault. */
const NO_PARTS_MS = 60_000;
/**
 * A box whose camera is missing is ready all the same: other units wait for READY, and
 * killing it brings no camera.
 */
const READY_AT_LAST_MS = 60_000;

export function startWatchdog(nowMs: number): WatchdogState {
  const mediaStall = startMediaStall(nowMs);
  const noParts = { partsTotal: 0, capturesTotal: 0, partMs: nowMs };
  return { startedMs: nowMs, isReady: false, mediaStall, ...noParts };
}

export function stepWatchdog(before: WatchdogState, box: BoxSnapshot, nowMs: number): WatchdogStep {
  const mediaStall = stepMediaStall(before.mediaStall, box, nowMs);
  const partsTotal = box.media?.partsTotal ?? 0;
  const capturesTotal = box.children['capture']?.restartsTotal ?? 0;
  const isRestarted = capturesTotal !== before.capturesTotal;
  const hasPart = partsTotal !== before.partsTotal || isRestarted || !isPartDue(box);
  const partMs = hasPart ? nowMs : before.partMs;
  const isAlive = !isStalled(mediaStall, MEDIA_LIMITS, nowMs) && nowMs - partMs < NO_PARTS_MS;
  const isReady = before.isReady || isUp(box) || nowMs - before.startedMs >= READY_AT_LAST_MS;
  return {
    state: { ...before, isReady, mediaStall, partsTotal, capturesTotal, partMs },
    isNewlyReady: isReady && !before.isReady,
    isAlive,
    status: statusOf(box, isAlive),
  };
}

/** Idle and healthy, or frames flow. */
function isUp({ drop, children, media, safeMode }: BoxSnapshot): boolean {
  if (safeMode !== undefined) return true;
  if (children['media']?.phase !== 'running' || media === undefined) return false;
  return drop.phase === 'idle' || drop.phase === 'fault' || media.isFlowing;
}

function isPartDue({ drop, children }: BoxSnapshot): boolean {
  return drop.phase === 'live' && children['capture']?.phase === 'running';
}

function statusOf({ drop, media, warnings }: BoxSnapshot, isAlive: boolean): string {
  const what = media?.edge === undefined ? drop.phase : `edge, ${media.edge.upstream.phase}`;
  const viewers = media === undefined ? '' : `, ${media.viewers.viewers} viewers`;
  const alerts = warnings.length === 0 ? '' : `; ${warnings.map(({ key }) => key).join(', ')}`;
  return `${what}${viewers}${alerts.slice(0, 200)}${isAlive ? '' : '; the media pipeline has stalled'}`;
}
