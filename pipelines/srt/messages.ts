/** Settings of the SRT process, and its messages. */
import type { TrackKind } from './transport-stream.ts';

export interface SrtSettings {
  /** What receives the stream, as a gst-launch fragment. */
  readonly source: string;
  /** Of the FIFO into which that writes; the process inherits its writing end. */
  readonly path: string;
}

/** What is sent now; a track that is not is left out. */
export type Received = Readonly<Partial<Record<TrackKind, true>>>;

/** The stream goes into this FIFO from now on. */
export interface ToSrt {
  readonly type: 'feed';
  readonly request: number;
  readonly kind: TrackKind;
  readonly path: string;
}

export type FromSrt =
  /** Whether the FIFO gets the stream. */
  | { readonly type: 'fed'; readonly request: number; readonly isFed: boolean }
  | { readonly type: 'receiving'; readonly received: Received }
  /** The connection has ended, or there is none; the process ends. */
  | { readonly type: 'ended'; readonly reason: string };
