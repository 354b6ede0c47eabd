/** A WebRTC connection of libdatachannel that answers an offer: ICE over one UDP port, DTLS and SRTP. */
import { PeerConnection, type Track } from 'node-datachannel';
import type { MediaKind, ReadOffer } from './sdp.ts';

export interface PeerNetwork {
  readonly port: number;
  /** Undefined for all addresses. */
  readonly host?: string;
  readonly stunServers: readonly StunServer[];
}

/** As `stun:host:port`, or in parts. */
export type StunServer = string | { readonly hostname: string; readonly port: number };

/** What is offered, as the library takes it. */
export interface RemoteOffer<Offered> {
  readonly sdp: string;
  readonly offer: ReadOffer<Offered>;
  readonly network: PeerNetwork;
}

export interface Connection {
  /** Resolves with the SDP once all addresses of the box are in it; empty where it was closed. */
  readonly answer: Promise<string>;
  /** RTP or RTCP; lost where the connection is not open. */
  readonly send: (kind: MediaKind, packet: Buffer) => void;
  readonly close: () => void;
}

export interface ConnectionEvents {
  /** Packets can be sent from now on. */
  readonly onOpen: () => void;
  /** RTP or RTCP of the other side. */
  readonly onPacket: (packet: Buffer) => void;
  /** The connection failed, or the other side has closed it. */
  readonly onGone: () => void;
}

/** A STUN server that does not answer holds up nobody: the pages wait 1.5 s for the answer. */
const GATHER_MAX_MS = 800;

/**
 * Throws with the library's words where it does not take the offer, or the port is taken.
 *
 * @param addTrack Adds a track of this side, before the offer is read.
 */
export function answerOffer<Offered extends { readonly mid: string }>(
  { offer, sdp, network: { port, host, stunServers } }: RemoteOffer<Offered>,
  addTrack: (connection: PeerConnection, kind: MediaKind, offered: Offered) => Track,
  events: ConnectionEvents,
): Connection {
  const connection = new PeerConnection('peer', {
    iceServers: [...stunServers],
    enableIceUdpMux: true,
    portRangeBegin: port,
    portRangeEnd: port,
    ...(host === undefined ? {} : { bindAddress: host }),
  });
  let tracks: ReadonlyMap<MediaKind, Track> = new Map();
  let isClosed = false;
  const watcher: Watcher = { onGone: events.onGone };
  const close = () => {
    if (isClosed) return;
    isClosed = true;
    watcher.onGone = undefined;
    for (const track of tracks.values()) track.close();
    connection.close();
  };
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
    tracks = new Map(
      offer.kinds.map((kind) => [kind, addTrack(connection, kind, offer[kind] as Offered)]),
    );
    watchTracks([...tracks.values()], events);
    connection.setRemoteDescription(sdp, 'offer');
    // In the room the other side finds the box; only through a NAT the box has to look for it, too.
    if (stunServers.length > 0) {
      const mid = offer[offer.kinds[0] ?? 'video']?.mid ?? '0';
      for (const candidate of offer.candidates) connection.addRemoteCandidate(candidate, mid);
    }
  } catch (error) {
    close();
    throw error;
  }
  const send = (kind: MediaKind, packet: Buffer) => {
    const track = tracks.get(kind);
    try {
      if (!isClosed && track?.isOpen() === true) track.sendMessageBinary(packet);
    } catch {
      // It closes in another thread.
    }
  };
  return { answer, send, close };
}

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

function watchTracks(tracks: readonly Track[], { onOpen, onPacket }: ConnectionEvents): void {
  let open = 0;
  for (const track of tracks) {
    track.onOpen(() => {
      open += 1;
      if (open === tracks.length) onOpen();
    });
    track.onMessage(onPacket);
  }
}
