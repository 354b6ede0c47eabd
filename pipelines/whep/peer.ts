/** One WebRTC connection, by libdatachannel: ICE over the one UDP port, DTLS and SRTP. */
import { Audio, PeerConnection, type Track, Video } from 'node-datachannel';
import { extensionLine, type Offer, type OfferedTrack, renderOffer } from './offer.ts';

export interface PeerNetwork {
  readonly port: number;
  /** Undefined for all addresses. */
  readonly host?: string;
  /** Addresses as `stun:host:port` and `turn:user:password@host:port`. */
  readonly iceServers: readonly string[];
}

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

export interface Peer {
  /** Resolves with the SDP once all addresses of the box are in it. */
  readonly answer: Promise<string>;
  /** RTP or RTCP; lost where the connection is not open. */
  readonly send: (kind: 'video' | 'audio', packet: Buffer) => void;
  readonly close: () => void;
}

/** A STUN server that does not answer holds up no viewer. */
const GATHER_MAX_MS = 2_000;

/** Throws with the library's words where it does not take the offer, or the port is taken. */
export function openPeer(options: PeerOptions, events: PeerEvents): Peer {
  const { offer, network } = options;
  const { port, host, iceServers } = network;
  const connection = new PeerConnection('viewer', {
    iceServers: [...iceServers],
    enableIceUdpMux: true,
    portRangeBegin: port,
    portRangeEnd: port,
    ...(host === undefined ? {} : { bindAddress: host }),
  });
  const tracks = new Map<'video' | 'audio', Track>();
  let isClosed = false;
  const close = () => {
    if (isClosed) return;
    isClosed = true;
    watcher.onGone = undefined;
    for (const track of tracks.values()) track.close();
    connection.close();
  };
  const watcher: Watcher = { onGone: events.onGone };
  connection.onStateChange(stateListener(watcher));
  const answer = new Promise<string>((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      resolve(isClosed ? '' : (connection.localDescription()?.sdp ?? ''));
    };
    const timer = setTimeout(finish, GATHER_MAX_MS);
    connection.onGatheringStateChange((state) => {
      if (state === 'complete') finish();
    });
  });
  try {
    for (const kind of offer.kinds) tracks.set(kind, addTrack(connection, kind, options));
    watchTracks([...tracks.values()], events);
    connection.setRemoteDescription(renderOffer(offer), 'offer');
    // In the room the viewer finds the box; only through a NAT the box has to look for it, too.
    if (iceServers.length > 0) {
      const mid = offer[offer.kinds[0] ?? 'video']?.mid ?? '0';
      for (const candidate of offer.candidates) connection.addRemoteCandidate(candidate, mid);
    }
  } catch (error) {
    close();
    throw error;
  }
  const send = (kind: 'video' | 'audio', packet: Buffer) => {
    const track = tracks.get(kind);
    try {
      if (!isClosed && track?.isOpen() === true) track.sendMessageBinary(packet);
    } catch {
      // It closes in another thread.
    }
  };
  return { answer, send, close };
}

/** What is answered to a viewer that names no parameters. */
const PLAIN_H264 = 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f';
const PLAIN_OPUS = 'minptime=10;stereo=1';

interface Watcher {
  onGone: (() => void) | undefined;
}

/**
 * Made apart: the library holds it for as long as the connection lives, so it must not refer to
 * the connection, or neither would ever go.
 */
function stateListener(watcher: Watcher): (state: string) => void {
  return (state) => {
    if (/^(?:disconnected|failed|closed)$/.test(state)) watcher.onGone?.();
  };
}

function addTrack(
  connection: PeerConnection,
  kind: 'video' | 'audio',
  { offer, ssrcs, cname }: PeerOptions,
): Track {
  const { mid, payloadType, parameters, sendTimeId } = offer[kind] as OfferedTrack;
  const media = kind === 'video' ? new Video(mid, 'SendOnly') : new Audio(mid, 'SendOnly');
  // With the feedback that rtcp.ts reads: NACK, PLI, REMB.
  if (media instanceof Video) media.addH264Codec(payloadType, parameters || PLAIN_H264);
  else media.addOpusCodec(payloadType, parameters || PLAIN_OPUS);
  if (sendTimeId !== undefined) media.parseSdpLine(extensionLine(sendTimeId));
  media.addSSRC(ssrcs[kind], cname, cname, kind);
  return connection.addTrack(media);
}

function watchTracks(tracks: readonly Track[], { onOpen, onFeedback }: PeerEvents): void {
  let open = 0;
  for (const track of tracks) {
    track.onOpen(() => {
      open += 1;
      if (open === tracks.length) onOpen();
    });
    track.onMessage(onFeedback);
  }
}
