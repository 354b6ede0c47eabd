/** What the fragment writer asks to be written. */

/** Why a file ended. */
export type CutReason =
  | 'hour'
  | 'size'
  | 'discontinuity'
  | 'gap'
  | 'track'
  | 'off'
  | 'lost'
  | 'failed';

export interface RecordedTrack {
  readonly trackId: string;
  readonly kind: 'video' | 'audio';
  readonly timescale: number;
}

/** What to write, in this order. */
export type WriteStep =
  | {
      readonly type: 'begin';
      /** Media time of the file's time 0, in us. */
      readonly baseUs: number;
      readonly tracks: readonly RecordedTrack[];
      /** ftyp and moov. */
      readonly header: Buffer;
      /** False where it may lack media that another target has. */
      readonly isWhole: boolean;
    }
  | {
      readonly type: 'fragment';
      readonly trackIndex: number;
      readonly startUs: number;
      readonly durationUs: number;
      /** It starts with a key frame. */
      readonly isKeyframe: boolean;
      /** To be written one after the other. */
      readonly chunks: readonly Buffer[];
    }
  | { readonly type: 'end'; readonly reason: CutReason };
