/** What a WebRTC connection has received. */

export interface Packets {
  readonly all: number;
  /** Of the picture. */
  readonly video: number;
}

export async function packetsOf(connection: RTCPeerConnection): Promise<Packets> {
  let [all, video] = [0, 0];
  for (const stats of (await connection.getStats()).values()) {
    if (stats.type !== 'inbound-rtp') continue;
    all += stats.packetsReceived ?? 0;
    if (stats.kind === 'video') video += stats.packetsReceived ?? 0;
  }
  return { all, video };
}

/** By the answer: a stream may be sound alone. */
export function hasPicture(connection: RTCPeerConnection): boolean {
  return connection
    .getTransceivers()
    .some(
      ({ receiver, currentDirection }) =>
        receiver.track.kind === 'video' && currentDirection === 'recvonly',
    );
}
