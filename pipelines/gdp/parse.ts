/** Parses and renders the GStreamer Data Protocol (GDP). */

/**
 * GStreamer Data Protocol 1.0, as `gdppay` writes it (gst-plugins-bad,
 * gst/gdp/dataprotocol.c): how encoded access units leave a pipeline with their
 * times and flags.
 *
 *      0 major  1 minor  2 flags  3 -  4 u16 payload type  6 u32 payload length
 *     10 u64 PTS  18 u64 duration  26 u64 offset  34 u64 offset end
 *     42 u16 buffer flags  44 u64 DTS  52 6 bytes reserved
 *     58 u16 header CRC  60 u16 payload CRC  62 payload
 */
export const GDP_HEADER_BYTES = 62;

const PAYLOAD_BUFFER = 1;
const PAYLOAD_CAPS = 2;
/** Payload types from here on are events: 64 + GstEventType. */
const PAYLOAD_EVENTS = 64;

/** Numbers 40 and 70, downstream, serialised and sticky (gstevent.h). */
export const STREAM_START_EVENT_TYPE = (40 << 8) | 0b1110;
export const SEGMENT_EVENT_TYPE = (70 << 8) | 0b1110;

const NO_TIME = 0xffff_ffff_ffff_ffffn;

/** GST_BUFFER_FLAG_* as GDP carries them. */
const FLAG_DISCONT = 1 << 6;
const FLAG_HEADER = 1 << 10;
const FLAG_DELTA_UNIT = 1 << 13;

/** Larger lengths are malformed: a 4K key frame stays well below it. */
export const MAX_PAYLOAD_BYTES = 8_000_000;

export interface GdpBuffer {
  readonly kind: 'buffer';
  readonly ptsNs: bigint | undefined;
  readonly dtsNs: bigint | undefined;
  readonly durationNs: bigint | undefined;
  /** False for a frame that depends on others. */
  readonly isKeyframe: boolean;
  readonly isDiscont: boolean;
  readonly isHeader: boolean;
  readonly data: Buffer;
}

export type GdpPacket =
  | GdpBuffer
  /** A GstCaps string. */
  | { readonly kind: 'caps'; readonly caps: string }
  /** A GstEventType and its serialised GstStructure, for example a segment. */
  | { readonly kind: 'event'; readonly type: number; readonly text: string };

/**
 * Splits a byte stream into GDP packets.
 *
 * Holds the bytes of at most one packet. `push` returns the packets that are complete, or
 * `malformed` once the bytes are not GDP: the writer must then be restarted.
 */
export class GdpParser {
  #chunks: Buffer[] = [];
  #pendingBytes = 0;
  #neededBytes = GDP_HEADER_BYTES;

  push(chunk: Buffer): readonly GdpPacket[] | 'malformed' {
    this.#chunks.push(chunk);
    this.#pendingBytes += chunk.length;
    if (this.#pendingBytes < this.#neededBytes) return [];

    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    const packets: GdpPacket[] = [];
    let at = 0;
    this.#neededBytes = GDP_HEADER_BYTES;
    while (bytes.length - at >= GDP_HEADER_BYTES) {
      const size = gdpPacketBytes(bytes, at);
      if (size === undefined) return 'malformed';
      if (bytes.length - at < size) {
        this.#neededBytes = size;
        break;
      }
      const packet = parseGdpPacket(bytes.subarray(at, at + size));
      if (packet !== undefined) packets.push(packet);
      at += size;
    }
    const rest = bytes.subarray(at);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#pendingBytes = rest.length;
    return packets;
  }
}

/** Bytes of the packet whose header is at `at`; undefined where it is not a GDP header. */
export function gdpPacketBytes(
  bytes: Buffer,
  at: number,
  maxPayloadBytes = MAX_PAYLOAD_BYTES,
): number | undefined {
  const isVersion1 = bytes[at] === 1 && bytes[at + 1] === 0;
  const payloadBytes = bytes.readUInt32BE(at + 6);
  if (!isVersion1 || payloadBytes > maxPayloadBytes) return undefined;
  return GDP_HEADER_BYTES + payloadBytes;
}

/** One complete packet; undefined for kinds that the box does not use. */
export function parseGdpPacket(packet: Buffer): GdpPacket | undefined {
  const type = packet.readUInt16BE(4);
  const data = packet.subarray(GDP_HEADER_BYTES);
  if (type === PAYLOAD_BUFFER) return parseBuffer(packet, data);
  if (type === PAYLOAD_CAPS) return { kind: 'caps', caps: parseText(data) };
  if (type >= PAYLOAD_EVENTS) {
    return { kind: 'event', type: type - PAYLOAD_EVENTS, text: parseText(data) };
  }
  return undefined;
}

function parseBuffer(header: Buffer, data: Buffer): GdpBuffer {
  const flags = header.readUInt16BE(42);
  return {
    kind: 'buffer',
    ptsNs: parseTime(header.readBigUInt64BE(10)),
    durationNs: parseTime(header.readBigUInt64BE(18)),
    dtsNs: parseTime(header.readBigUInt64BE(44)),
    isKeyframe: (flags & FLAG_DELTA_UNIT) === 0,
    isDiscont: (flags & FLAG_DISCONT) !== 0,
    isHeader: (flags & FLAG_HEADER) !== 0,
    data,
  };
}

function parseTime(value: bigint): bigint | undefined {
  return value === NO_TIME ? undefined : value;
}

function parseText(data: Buffer): string {
  return data.toString('latin1').replace(/\0+$/, '');
}

/** Renders one packet, for tests and for feeding a pipeline through `gdpdepay`. */
export function renderGdp(packet: GdpPacket): Buffer {
  const header = Buffer.alloc(GDP_HEADER_BYTES);
  header[0] = 1;
  if (packet.kind === 'buffer') {
    header.writeUInt16BE(PAYLOAD_BUFFER, 4);
    header.writeUInt32BE(packet.data.length, 6);
    header.writeBigUInt64BE(packet.ptsNs ?? NO_TIME, 10);
    header.writeBigUInt64BE(packet.durationNs ?? NO_TIME, 18);
    header.writeBigUInt64BE(NO_TIME, 26);
    header.writeBigUInt64BE(NO_TIME, 34);
    header.writeUInt16BE(renderFlags(packet), 42);
    header.writeBigUInt64BE(packet.dtsNs ?? NO_TIME, 44);
    return Buffer.concat([header, packet.data]);
  }
  const text = Buffer.from(`${packet.kind === 'caps' ? packet.caps : packet.text}\0`, 'latin1');
  header.writeUInt16BE(packet.kind === 'caps' ? PAYLOAD_CAPS : PAYLOAD_EVENTS + packet.type, 4);
  header.writeUInt32BE(text.length, 6);
  return Buffer.concat([header, text]);
}

function renderFlags(packet: GdpBuffer): number {
  return (
    (packet.isKeyframe ? 0 : FLAG_DELTA_UNIT) |
    (packet.isDiscont ? FLAG_DISCONT : 0) |
    (packet.isHeader ? FLAG_HEADER : 0)
  );
}
