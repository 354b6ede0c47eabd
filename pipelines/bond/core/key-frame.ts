/**
 * Detects SRT payloads that carry a piece of a key frame, which go by the best link. MPEG-TS marks one with the random access indicator of the adaptation
 * field at the start of a video PES packet (ISO/IEC 13818-1 §2.4.3.5); it lasts
 * until the same PID's next PES packet. An encrypted payload shows none.
 */
const TS_PACKET_BYTES = 188;
const SYNC_BYTE = 0x47;

/** Reads each new data packet's payload in turn. */
export type KeyFrameDetector = (packet: Buffer, payloadAt: number) => boolean;

export function openKeyFrameDetector(): KeyFrameDetector {
  let keyPid = -1;
  return (packet, payloadAt) => {
    let isKey = keyPid >= 0;
    for (let at = payloadAt; at + TS_PACKET_BYTES <= packet.length; at += TS_PACKET_BYTES) {
      if (packet[at] !== SYNC_BYTE) {
        keyPid = -1;
        return false;
      }
      const second = packet[at + 1] ?? 0;
      const startsUnit = (second & 0x40) !== 0;
      if (!startsUnit) continue;
      const pid = ((second & 0x1f) << 8) | (packet[at + 2] ?? 0);
      if (isRandomAccess(packet, at) && isVideo(packet, at)) {
        keyPid = pid;
        isKey = true;
      } else if (pid === keyPid) {
        keyPid = -1;
      }
    }
    return isKey;
  };
}

function hasAdaptation(packet: Buffer, at: number): boolean {
  return ((packet[at + 3] ?? 0) & 0x20) !== 0 && (packet[at + 4] ?? 0) > 0;
}

function isRandomAccess(packet: Buffer, at: number): boolean {
  return hasAdaptation(packet, at) && ((packet[at + 5] ?? 0) & 0x40) !== 0;
}

/** A PES packet of stream 0xE0..0xEF starts after the adaptation field (§2.4.3.7). */
function isVideo(packet: Buffer, at: number): boolean {
  const pes = at + 5 + (packet[at + 4] ?? 0);
  return (
    pes + 4 <= at + TS_PACKET_BYTES &&
    packet[pes] === 0 &&
    packet[pes + 1] === 0 &&
    packet[pes + 2] === 1 &&
    ((packet[pes + 3] ?? 0) & 0xf0) === 0xe0
  );
}
