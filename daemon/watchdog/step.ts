import {
  isHung,
  type MediaVoice,
  startMediaVoice,
  stepMediaVoice,
} from '../health/media-silence.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';

/**
 * What systemd is told: when the box is ready, and that it still gets on. The
 * main loop proves itself by telling at all.
 *
 * Alive is not well: while a child is down its supervisor is at work, and a
 * restart of the whole box would mend nothing but lose the viewers' window.
 * Only what nobody else mends counts: a media process that runs and says
 * nothing, or capture that runs on air for long while no part comes.
 */
export interface Heart {
  readonly startedMs: number;
  readonly isReady: boolean;
  readonly voice: MediaVoice;
  readonly partsTotal: number;
  readonly capturesTotal: number;
  /** When a part came last, or it was not to be expected. */
  readonly partMs: number;
}

export interface Beat {
  readonly heart: Heart;
  /** True once: the time for READY=1. */
  readonly isNewlyReady: boolean;
  readonly isAlive: boolean;
  /** One line for `systemctl status`. */
  readonly status: string;
}

/**
 * A Pi that swaps is late, not dead. One that hangs is started anew by health/revive,
 * thrice: a restart of the box is for what that does not mend.
 */
const PATIENCE = { silentMs: 10_000, loadsMs: 60_000 };
/** Capture that hangs is ended after some seconds and begins anew, so this is no camera's fault. */
const NO_PARTS_MS = 60_000;
/**
 * A box whose camera is away is up all the same: others wait for READY, and being
 * killed for it brings no camera.
 */
const READY_AT_LAST_MS = 60_000;

export function startHeart(nowMs: number): Heart {
  const never = { voice: startMediaVoice(nowMs), partsTotal: 0, capturesTotal: 0, partMs: nowMs };
  return { startedMs: nowMs, isReady: false, ...never };
}

export function stepHeart(before: Heart, box: BoxSnapshot, nowMs: number): Beat {
  const voice = stepMediaVoice(before.voice, box, nowMs);
  const partsTotal = box.media?.partsTotal ?? 0;
  const capturesTotal = box.children['capture']?.restartsTotal ?? 0;
  const isMended = capturesTotal !== before.capturesTotal;
  const hasPart = partsTotal !== before.partsTotal || isMended || !isPartDue(box);
  const partMs = hasPart ? nowMs : before.partMs;
  const isAlive = !isHung(voice, PATIENCE, nowMs) && nowMs - partMs < NO_PARTS_MS;
  const isReady = before.isReady || isUp(box) || nowMs - before.startedMs >= READY_AT_LAST_MS;
  return {
    heart: { ...before, isReady, voice, partsTotal, capturesTotal, partMs },
    isNewlyReady: isReady && !before.isReady,
    isAlive,
    status: statusOf(box, isAlive),
  };
}

/** Idle and healthy, or frames flow. */
function isUp({ drop, children, media }: BoxSnapshot): boolean {
  if (children['media']?.phase !== 'running' || media === undefined) return false;
  return drop.phase === 'idle' || drop.phase === 'fault' || media.isFlowing;
}

function isPartDue({ drop, children }: BoxSnapshot): boolean {
  return drop.phase === 'live' && children['capture']?.phase === 'running';
}

function statusOf({ drop, media, warnings }: BoxSnapshot, isAlive: boolean): string {
  const what = media?.edge === undefined ? drop.phase : `edge, ${media.edge.upstream.phase}`;
  const viewers = media === undefined ? '' : `, ${media.viewers.viewers} viewers`;
  const worst = warnings.length === 0 ? '' : `; ${warnings.map(({ key }) => key).join(', ')}`;
  return `${what}${viewers}${worst.slice(0, 200)}${isAlive ? '' : '; the media path stands still'}`;
}
