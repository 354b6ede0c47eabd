/** The payload of the topic `audio`. */
import { type Levels, SILENCE_DBFS } from '../../../pipelines/media/levels.ts';
import { CHANNEL } from '../../figures/devices.ts';
import { readAll } from '../../figures/figure.ts';
import { isClipped, isQuiet } from '../../health/thresholds.ts';
import type { Body } from './topics.ts';

/** Since when there has been no sound. */
export interface Silence {
  readonly seconds: number | undefined;
}

/** Counts silence from one reading of the levels to the next. */
export class SilenceMeter {
  #sinceMs: number | undefined;
  #seconds: number | undefined;

  /** @param nowMs Monotonic. */
  note(levels: Levels | undefined, nowMs: number): Silence {
    if (levels === undefined || levels.rmsDbfs.length === 0) {
      this.#sinceMs = undefined;
      this.#seconds = undefined;
    } else if (!levels.rmsDbfs.every(isQuiet)) {
      this.#sinceMs = undefined;
      this.#seconds = 0;
    } else {
      this.#sinceMs ??= nowMs;
      this.#seconds = Math.round((nowMs - this.#sinceMs) / 1000);
    }
    return { seconds: this.#seconds };
  }
}

export function audioBody(levels: Levels | undefined, silence: Silence): Body<'audio'> {
  const peaks = levels?.peakDbfs ?? [];
  return {
    ch: peaks.slice(0, 8).map((peakDbfs, channel) => ({
      ...readAll(CHANNEL, { peakDbfs, rmsDbfs: levels?.rmsDbfs[channel] ?? SILENCE_DBFS }),
      clip: isClipped(peakDbfs),
    })),
    silence_s: silence.seconds ?? null,
  };
}
