import type { LinkSnapshot } from '../bond/core/snapshot.ts';
import type { SrtFigures } from './srt-observer.ts';

/** Bounds of the encoder's bitrate. */
export interface RateBounds {
  readonly minBps: number;
  readonly maxBps: number;
}

/** What is known of the way upstream at one moment. */
export interface RateEvidence {
  readonly nowMs: number;
  readonly srt: SrtFigures;
  /** Empty where SRT goes out without bonding. */
  readonly links: readonly Pick<
    LinkSnapshot,
    'id' | 'state' | 'isBackup' | 'isEnabled' | 'isSpent' | 'capacityBps' | 'provenBps'
  >[];
}

/** Chooses what the encoder is asked for, in bits per second. */
export interface RateController {
  readonly targetBps: number;
  /** How often it wants to be asked. */
  readonly everyMs: number;
  /** @returns the new target. */
  update(evidence: RateEvidence): number;
}

export function withinBounds(bps: number, { minBps, maxBps }: RateBounds): number {
  return Math.round(Math.min(maxBps, Math.max(minBps, bps)));
}
