/** What the encoder's bitrate is chosen from, and how. */
import type { LinkSnapshot } from '../bond/core/snapshot.ts';
import type { SrtFigures } from './srt-observer.ts';

/** Bounds of the encoder's bitrate. */
export interface RateBounds {
  readonly minBps: number;
  readonly maxBps: number;
}

/** Figures of the uplink at one moment. */
export interface RateEvidence {
  readonly nowMs: number;
  readonly srt: SrtFigures;
  /** Empty where SRT goes out without bonding. */
  readonly links: readonly Pick<
    LinkSnapshot,
    'id' | 'state' | 'isBackup' | 'isEnabled' | 'isSpent' | 'capacityBps' | 'provenBps'
  >[];
}

/** Chooses the encoder's bitrate, in bits per second. */
export interface RateController {
  readonly targetBps: number;
  /** Interval of `update`. */
  readonly everyMs: number;
  /** @returns the new target. */
  update(evidence: RateEvidence): number;
}

export function withinBounds(bps: number, { minBps, maxBps }: RateBounds): number {
  return Math.round(Math.min(maxBps, Math.max(minBps, bps)));
}
