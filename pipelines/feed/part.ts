/** A published part, as recordings and clips read it. */
import type { TrackKind } from '../packager/track.ts';

export interface RecordedPart {
  readonly trackId: string;
  readonly kind: TrackKind;
  readonly msn: number;
  /** The first of its segment. */
  readonly isSegmentStart: boolean;
  /** Its segment follows a discontinuity. */
  readonly isDiscontinuity: boolean;
  /** Media time of its first sample, in us. */
  readonly startUs: number;
  readonly durationUs: number;
  /** Names the init section that decodes it; see {@link PartTap}. */
  readonly initId: string;
  /** One moof+mdat; undefined where the media was lost. */
  readonly bytes: Buffer | undefined;
}
