/** What the config asks of a drop, for the checklist. Pure. */
import type { Config } from '../config/config.ts';
import { receiverOf } from '../config/uplink.ts';
import type { DropState } from '../model/snapshot.ts';
import type { Plan } from './checklist/line.ts';

/** Where the plan does not say how long a drop lasts. */
const USUAL_S = 3_600;

/** A battery is not to last from one day to the next: such a wait is spent on mains, or switched off. */
const WAIT_MAX_S = 4 * 3_600;

/** @param config With the drop that is on, or next. */
export function planOf(
  config: Config,
  { phase, sinceMs }: Pick<DropState, 'phase' | 'sinceMs'>,
  nowMs: number,
): Plan {
  const { camera, sound, power, recording, renditions, clips, printer, viewers, uplink } = config;
  const saidS = lengthS(config.drop) ?? power.planned_minutes * 60;
  const plannedS = saidS > 0 ? saidS : USUAL_S;
  const { starts_at, ends_at } = config.drop;
  const endMs = Date.parse(ends_at);
  const waitS = (Date.parse(starts_at) - nowMs) / 1000;
  const liveLeftS = ((Number.isNaN(endMs) ? sinceMs + plannedS * 1000 : endMs) - nowMs) / 1000;
  const isLive = phase === 'live' || phase === 'ending';
  const topBps = Math.max(...renditions.map(({ bitrate_bps }) => bitrate_bps));
  const hasSound = sound.driver !== 'none';
  return {
    picture: { width: camera.width, height: camera.height, fps: camera.fps },
    isExposureLocked: camera.lock_exposure,
    soundChannels: sound.channels,
    plannedS,
    isPlannedSaid: saidS > 0,
    leftS: isLive ? Math.max(0, liveLeftS) : plannedS,
    waitS: !isLive && waitS > 0 && waitS < WAIT_MAX_S ? waitS : 0,
    recordedBps: topBps + (hasSound ? sound.bitrate_bps : 0),
    recordingTargets: recording.targets.length,
    hasPosters: clips.folder !== '' && clips.poster_every_s > 0,
    hasPrinter: printer.driver !== 'none',
    isPublished: viewers.address !== '',
    // Further destinations get no rehearsal: the world would see it.
    uplinkBps: uplink && receiverOf(uplink) && uplink.bitrate_bps,
    startsAt: starts_at,
  };
}

/** Undefined where it has no planned end; one without a start begins when the host says. */
function lengthS({ starts_at, ends_at }: Config['drop']): number | undefined {
  const lengthMs = Date.parse(ends_at) - Date.parse(starts_at);
  return Number.isNaN(lengthMs) ? undefined : lengthMs / 1000;
}
