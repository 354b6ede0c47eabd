/** Settings of the WHEP process, and its messages. */
import type { NetworkSettings } from '../webrtc/network.ts';
import type { StreamStart } from './stream-time.ts';

/** Its one UDP port is that of all viewers. */
export interface WhepSettings extends NetworkSettings {
  readonly maxViewers: number;
  readonly maxViewersPerAddress: number;
  /** Each comes by an inherited descriptor, in this order. */
  readonly tracks: readonly { readonly id: string; readonly kind: 'video' | 'audio' }[];
  /** The setting of each rendition's encoder, in bit/s. */
  readonly bitratesBps: Readonly<Record<string, number>>;
  readonly start: StreamStart;
}

/** What a viewer asks for, as the media process passes it on. */
export type WhepRequest =
  | {
      readonly type: 'offer';
      readonly request: number;
      /** As limits count it. */
      readonly address: string;
      /** One of the crew, who is not counted among the guests. */
      readonly isPreview: boolean;
      /** Renditions that the viewer may get. */
      readonly renditions: readonly string[];
      readonly sdp: string;
    }
  | { readonly type: 'end'; readonly request: number; readonly id: string }
  /** The stream is no longer for guests, or has ended. */
  | { readonly type: 'end-all' };

export type ToWhep = WhepRequest;

export type WhepAnswer =
  | { readonly status: 201; readonly id: string; readonly sdp: string }
  | { readonly status: 200 }
  | { readonly status: 400 | 404 | 406; readonly line: string }
  /** @param isSoon The process is starting. */
  | { readonly status: 503; readonly line: string; readonly isSoon?: boolean };

/** To the media process again, by way of the daemon. */
export type FromWhep =
  /** It takes offers from now on. */
  | { readonly type: 'ready' }
  | { readonly type: 'answered'; readonly request: number; readonly answer: WhepAnswer }
  /** Every few seconds, the address of each guest: one that has two is listed twice. */
  | { readonly type: 'watching'; readonly addresses: readonly string[] }
  /** On each change and every few seconds: what its viewers are to get now. */
  | { readonly type: 'wanted'; readonly renditions: readonly string[] };

/** To the process that has the viewers' requests. */
export type WhepToServer = Extract<FromWhep, { type: 'answered' | 'watching' }>;
