/** Settings of the WHIP process, and its messages. */
import type { IceLinks } from '../webrtc/ice-servers.ts';
import type { NetworkSettings } from '../webrtc/network.ts';
import type { MediaKind } from '../webrtc/sdp.ts';
import type { Codec } from './offer.ts';

/** Its UDP port is that of the publisher. */
export interface WhipSettings extends NetworkSettings {
  /** Of the config: the camera whose port it is. */
  readonly key: 'camera' | 'camera2';
  /** What a publisher may send of its picture, in bit/s. */
  readonly maxBps: number;
}

/** What each track is encoded with; one that is not sent is left out. */
export type Published = Readonly<Partial<Record<MediaKind, Codec>>>;

export type ToWhip =
  | { readonly type: 'offer'; readonly request: number; readonly sdp: string }
  | { readonly type: 'end'; readonly request: number; readonly id: string }
  /** Access units of a track go into this FIFO from now on, beginning with a key frame. */
  | {
      readonly type: 'feed';
      readonly request: number;
      readonly kind: MediaKind;
      readonly codec: Codec;
      readonly path: string;
    };

export type WhipAnswer =
  | { readonly status: 201; readonly id: string; readonly sdp: string }
  | { readonly status: 200 }
  | { readonly status: 400 | 404 | 406 | 409 | 503; readonly line: string };

/** As it is served over HTTP. */
export interface WhipEndpoint {
  /** That a publisher has to know. */
  readonly token: string;
  /** STUN and TURN servers, which publishers receive. */
  readonly iceLinks: IceLinks;
  /** Never rejects. */
  readonly offer: (sdp: string) => Promise<WhipAnswer>;
  readonly end: (id: string) => Promise<WhipAnswer>;
}

export type FromWhip =
  /** It takes offers from now on. */
  | { readonly type: 'ready' }
  | { readonly type: 'answered'; readonly request: number; readonly answer: WhipAnswer }
  /** Whether the FIFO gets units. */
  | { readonly type: 'fed'; readonly request: number; readonly isFed: boolean }
  /** A publisher has connected, or has left: then undefined. */
  | { readonly type: 'publishing'; readonly published?: Published };
