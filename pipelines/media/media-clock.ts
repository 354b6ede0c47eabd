/** Media time: one clock for all parts of the media process. */

export interface MediaClock {
  /** Media time at which this process started, in us since the epoch of the settings. */
  readonly startUs: number;
  /** Media time now, in us. */
  readonly nowUs: () => number;
}

/** The wall clock as it was at the start; later steps of the system's clock do not move it. */
export function openMediaClock(epochMs: number): MediaClock {
  const startUs = (Date.now() - epochMs) * 1000;
  const startedMs = performance.now();
  return { startUs, nowUs: () => startUs + (performance.now() - startedMs) * 1000 };
}
