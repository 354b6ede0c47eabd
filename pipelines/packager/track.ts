/** Types of tracks and of their access units. */
import type { TrackFormat } from '../gdp/caps.ts';
import type { RenditionWindow } from '../hls/window.ts';

export type TrackKind = 'video' | 'audio';

/** A rendition of the presentation, for those who read it. */
export interface Track {
  readonly id: string;
  readonly kind: TrackKind;
  /** For recordings only: viewers are not offered it. */
  readonly isHidden: boolean;
  readonly window: RenditionWindow;
  /** Known from the first capture run on. */
  readonly format: TrackFormat | undefined;
}

/** What viewers are offered. */
export function shownOf(tracks: readonly Track[]): readonly Track[] {
  return tracks.filter(({ isHidden }) => !isHidden);
}

/** A track as it is asked for. */
export interface WantedTrack {
  readonly id: string;
  readonly kind: TrackKind;
  /** See {@link Track.isHidden}. */
  readonly isHidden?: boolean;
}

/** One encoded access unit as it arrived. */
export interface ArrivedUnit {
  /** Running time of the capture pipeline, in us. */
  readonly runningUs: number;
  readonly isKeyframe: boolean;
  readonly isDiscont: boolean;
  readonly data: Buffer;
  /** Media time at which it arrived, in us. */
  readonly arrivedUs: number;
}

/** A frame that goes into a part which is not complete yet, on the track's timeline. */
export interface PublishedFrame {
  readonly startTicks: number;
  readonly endTicks: number;
  readonly timescale: number;
  readonly isKeyframe: boolean;
  readonly data: Buffer;
}

/** Called for each frame of a track, in order; its segment is the newest one of the window. */
export type OnFrame = (frame: PublishedFrame) => void;

/** One encoded access unit on the presentation's timeline. */
export interface AccessUnit {
  readonly timeUs: number;
  readonly isKeyframe: boolean;
  /** Units before it were dropped after the encoder: it cannot be decoded. */
  readonly isDiscont: boolean;
  readonly data: Buffer;
}
