/** The connection to a publisher, by libdatachannel. */
import { Audio, type PeerConnection, type Track, Video } from 'node-datachannel';
import {
  answerOffer,
  type Connection,
  type ConnectionEvents,
  type PeerNetwork,
} from '../webrtc/connection.ts';
import type { MediaKind } from '../webrtc/sdp.ts';
import { type PublishedOffer, type PublishedTrackOffer, renderPublisher } from './offer.ts';

/** Throws with the library's words where it does not take the offer, or the port is taken. */
export function openPublisherPeer(
  offer: PublishedOffer,
  network: PeerNetwork,
  events: ConnectionEvents,
): Connection {
  return answerOffer({ offer, network, sdp: renderPublisher(offer) }, addTrack, events);
}

function addTrack(
  connection: PeerConnection,
  kind: MediaKind,
  { mid, codec, payloadType, parameters }: PublishedTrackOffer,
): Track {
  const media = kind === 'video' ? new Video(mid, 'RecvOnly') : new Audio(mid, 'RecvOnly');
  // With the feedback that rtcp.ts sends: NACK, PLI, REMB.
  if (!(media instanceof Video)) media.addOpusCodec(payloadType, 'minptime=10;useinbandfec=1');
  else if (codec === 'vp8') media.addVP8Codec(payloadType);
  else media.addH264Codec(payloadType, answeredH264(parameters));
  return connection.addTrack(media);
}

/** What was offered, without parameter sets: those are of the publisher's pictures alone. */
function answeredH264(parameters: string): string {
  const answered = parameters
    .split(';')
    .map((one) => one.trim())
    .filter((one) => /^(?:level-asymmetry-allowed|packetization-mode|profile-level-id)=/.test(one));
  return answered.length > 0 ? answered.join(';') : 'packetization-mode=1;profile-level-id=42e01f';
}
