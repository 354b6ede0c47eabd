/** A viewer by WebRTC outside any browser, by the library itself. */
import { Audio, PeerConnection, RtcpReceivingSession, type Track, Video } from 'node-datachannel';

export interface WhepViewer {
  readonly connection: PeerConnection;
  readonly video: Track;
  readonly sdp: string;
  /** What is not closed keeps the process alive. */
  readonly close: () => void;
}

/** Up to its offer. @param onPacket Gets each packet of picture and sound. */
export async function openWhepViewer(
  onPacket: (packet: Buffer, kind: 'video' | 'audio') => void,
  kinds: readonly ('video' | 'audio')[] = ['video'],
): Promise<WhepViewer> {
  const connection = new PeerConnection('viewer', { iceServers: [], bindAddress: '127.0.0.1' });
  let video: Track | undefined;
  const tracks: Track[] = [];
  for (const [i, kind] of kinds.entries()) {
    const media =
      kind === 'video' ? new Video(String(i), 'RecvOnly') : new Audio(String(i), 'RecvOnly');
    if (media instanceof Video) media.addH264Codec(107);
    else media.addOpusCodec(111);
    const track = connection.addTrack(media);
    tracks.push(track);
    track.setMediaHandler(new RtcpReceivingSession());
    track.onMessage((packet) => onPacket(packet, kind));
    if (kind === 'video') video = track;
  }
  if (video === undefined) throw new Error('a viewer has a picture');
  const offer = new Promise<string>((resolve) => {
    connection.onGatheringStateChange((state) => {
      if (state === 'complete') resolve(connection.localDescription()?.sdp ?? '');
    });
  });
  connection.setLocalDescription('offer');
  const close = () => {
    for (const track of tracks) track.close();
    connection.close();
  };
  return { connection, video, sdp: await offer, close };
}

/** Sends its offer to a box, and connects. @returns where its session is. */
export async function connectByWhep(
  { connection, sdp }: Pick<WhepViewer, 'connection' | 'sdp'>,
  endpoint: string,
): Promise<URL> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: sdp,
  });
  const text = await response.text();
  if (response.status !== 201) throw new Error(`${response.status} ${text}`);
  connection.setRemoteDescription(text, 'answer');
  return new URL(response.headers.get('location') ?? '', endpoint);
}
