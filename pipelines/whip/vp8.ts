/** VP8 out of RTP payloads (RFC 7741). Pure. */
import type { FrameReader, ReadFrame } from './frames.ts';

export class Vp8Reader implements FrameReader {
  #parts: Buffer[] = [];

  add(payload: Buffer): boolean {
    const descriptorBytes = descriptorBytesOf(payload);
    const flags = payload[0] ?? 0;
    // The start of the first partition, which is the frame's.
    const isStart = (flags & 0x17) === 0x10;
    if (descriptorBytes === undefined || isStart !== (this.#parts.length === 0)) return false;
    this.#parts.push(payload.subarray(descriptorBytes));
    return true;
  }

  take(): ReadFrame | undefined {
    const data = Buffer.concat(this.#parts);
    this.reset();
    // RFC 6386 §9.1: the first bit is 0 in a key frame.
    return data.length < 4 ? undefined : { isKeyframe: ((data[0] ?? 1) & 1) === 0, data };
  }

  reset(): void {
    this.#parts = [];
  }
}

/** RFC 7741 §4.2; undefined where the payload ends within it. */
function descriptorBytesOf(payload: Buffer): number | undefined {
  const flags = payload[0] ?? 0;
  let bytes = 1;
  if ((flags & 0x80) !== 0) {
    const extensions = payload[1] ?? 0;
    bytes = 2;
    if ((extensions & 0x80) !== 0) bytes += ((payload[bytes] ?? 0) & 0x80) === 0 ? 1 : 2;
    if ((extensions & 0x40) !== 0) bytes += 1;
    if ((extensions & 0x30) !== 0) bytes += 1;
  }
  return bytes < payload.length ? bytes : undefined;
}
