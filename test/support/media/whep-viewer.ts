/** A viewer by WebRTC outside any browser, by the library itself. */
import { Audio, PeerConnection, RtcpReceivingSession, type Track, Video } from 'node-datachannel';
import { until } from '../box.ts';

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

/** What arrived so far. */
export interface Watched {
  readonly video: number;
  readonly audio: number;
  readonly keyframes: number;
}

/**
 * Watches picture and sound once the box takes the offer: its process may still be starting.
 *
 * @param output Of the box, for the error.
 */
export async function watchByWhep(endpoint: string, withinMs: number, output?: () => string) {
  const seen = { video: 0, audio: 0, keyframes: 0 };
  const viewer = await openWhepViewer(
    (packet, kind) => {
      seen[kind] += 1;
      // SPS, after the header and its extension.
      const at = 12 + (((packet[0] ?? 0) & 0x10) === 0 ? 0 : 8);
      if (kind === 'video' && ((packet[at] ?? 0) & 0x1f) === 7) seen.keyframes += 1;
    },
    ['video', 'audio'],
  );
  let resource = new URL(endpoint);
  const isTaken = async () => {
    resource = await connectByWhep(viewer, endpoint);
    return true;
  };
  await until(isTaken, withinMs, output);
  return {
    resource,
    close: viewer.close,
    /** Until so much arrived, which is told what did. */
    seeing: (isEnough: (seen: Watched) => boolean, forMs: number) =>
      until(
        () => isEnough(seen),
        forMs,
        () => JSON.stringify(seen),
      ),
    seen: (): Watched => ({ ...seen }),
  };
}
