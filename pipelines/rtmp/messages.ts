/** Settings of an RTMP process, and its messages. */
import type { RtmpTrack } from './graph.ts';

export interface RtmpSettings {
  /** `rtmps://host/app`, without the stream key. */
  readonly url: string;
  /** A secret: it stands in no message and no log. */
  readonly key: string;
  /** Each comes by an inherited descriptor, in this order. */
  readonly tracks: readonly RtmpTrack[];
}

/** To the daemon, once a second. */
export interface RtmpFigures {
  readonly type: 'figures';
  readonly phase: 'connecting' | 'connected';
  readonly sentBps: number;
  readonly sentBytesTotal: number;
}
