/** The connection to one viewer, by libdatachannel. */
import { Audio, type PeerConnection, type Track, Video } from 'node-datachannel';
import { answerOffer, type Connection, type PeerNetwork } from '../webrtc/connection.ts';
import type { MediaKind } from '../webrtc/sdp.ts';
import { extensionLine, type Offer, type OfferedTrack, renderOffer } from './offer.ts';

export interface PeerOptions {
  readonly offer: Offer;
  readonly network: PeerNetwork;
  readonly ssrcs: { readonly video: number; readonly audio: number };
  readonly cname: string;
}

export interface PeerEvents {
  /** Packets can be sent from now on. */
  readonly onOpen: () => void;
  /** RTCP of the viewer. */
  readonly onFeedback: (packet: Buffer) => void;
  /** The connection failed, or the viewer has closed it. */
  readonly onGone: () => void;
}

/** Throws with the library's words where it does not take the offer, or the port is taken. */
export function openPeer(options: PeerOptions, events: PeerEvents): Connection {
  const { offer, network } = options;
  const add = (connection: PeerConnection, kind: MediaKind, offered: OfferedTrack) =>
    addTrack(connection, kind, offered, options);
  const remote = { offer, network, sdp: renderOffer(offer) };
  return answerOffer(remote, add, { ...events, onPacket: events.onFeedback });
}

/** What is answered to a viewer that names no parameters. */
const PLAIN_H264 = 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f';
const PLAIN_OPUS = 'minptime=10;stereo=1';

function addTrack(
  connection: PeerConnection,
  kind: MediaKind,
  { mid, payloadType, parameters, sendTimeId }: OfferedTrack,
  { ssrcs, cname }: PeerOptions,
): Track {
  const media = kind === 'video' ? new Video(mid, 'SendOnly') : new Audio(mid, 'SendOnly');
  // With the feedback that rtcp.ts reads: NACK, PLI, REMB.
  if (media instanceof Video) media.addH264Codec(payloadType, parameters || PLAIN_H264);
  else media.addOpusCodec(payloadType, parameters || PLAIN_OPUS);
  if (sendTimeId !== undefined) media.parseSdpLine(extensionLine(sendTimeId));
  media.addSSRC(ssrcs[kind], cname, cname, kind);
  return connection.addTrack(media);
}
