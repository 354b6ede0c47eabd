/** Refuses packets that are too long, before the MQTT parser has them. */
export class PacketFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PacketFault';
  }
}

/** A remaining length has four bytes at most (MQTT 5, 1.5.5). */
const LENGTH_BYTES_MAX = 4;

/**
 * mqtt.js does not enforce its limit: a broker could make it allocate a quarter of a gigabyte.
 *
 * @returns Receives the bytes of the stream; throws PacketFault at a packet beyond `maxBytes`.
 */
export function guardPackets(maxBytes: number): (chunk: Uint8Array) => void {
  let skip = 0;
  let lengthBytes = -1;
  let length = 0;
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (skip > 0) {
        const step = Math.min(skip, chunk.length - at);
        skip -= step;
        at += step;
      } else if (lengthBytes < 0) {
        lengthBytes = 0;
        length = 0;
        at += 1;
      } else {
        const byte = chunk[at] ?? 0;
        at += 1;
        length += (byte & 0x7f) << (7 * lengthBytes);
        lengthBytes += 1;
        if (length > maxBytes) throw new PacketFault(`a packet of ${length} bytes or more`);
        if ((byte & 0x80) === 0) {
          skip = length;
          lengthBytes = -1;
        } else if (lengthBytes === LENGTH_BYTES_MAX) {
          throw new PacketFault('a packet length of five bytes');
        }
      }
    }
  };
}
