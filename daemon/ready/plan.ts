/** What the config asks of a drop, for the checklist. Pure. */
import type { Config } from '../config/config.ts';
import { receiverOf } from '../config/uplink.ts';
import type { Plan } from './checklist/line.ts';

/** Where the plan does not say how long a drop lasts. */
const USUAL_S = 3_600;

/** @param config With the drop that is next. */
export function planOf(config: Config): Plan {
  const { camera, sound, power, recording, renditions, clips, printer, viewers, uplink } = config;
  const plannedS = lengthS(config.drop) ?? power.planned_minutes * 60;
  const topBps = Math.max(...renditions.map(({ bitrate_bps }) => bitrate_bps));
  const hasSound = sound.driver !== 'none';
  return {
    picture: { width: camera.width, height: camera.height, fps: camera.fps },
    isExposureLocked: camera.lock_exposure,
    soundChannels: sound.channels,
    plannedS: plannedS > 0 ? plannedS : USUAL_S,
    isPlannedSaid: plannedS > 0,
    recordedBps: topBps + (hasSound ? sound.bitrate_bps : 0),
    recordingTargets: recording.targets.length,
    hasPosters: clips.folder !== '' && clips.poster_every_s > 0,
    hasPrinter: printer.driver !== 'none',
    isPublished: viewers.address !== '',
    // Further destinations get no rehearsal: the world would see it.
    uplinkBps: uplink && receiverOf(uplink) && uplink.bitrate_bps,
    startsAt: config.drop.starts_at,
  };
}

/** Undefined where it has no planned end; one without a start begins when the host says. */
function lengthS({ starts_at, ends_at }: Config['drop']): number | undefined {
  const lengthMs = Date.parse(ends_at) - Date.parse(starts_at);
  return Number.isNaN(lengthMs) ? undefined : lengthMs / 1000;
}
