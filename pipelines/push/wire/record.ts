/**
 * The records of a pushed stream (`/live/push/<rendition>`): one after the other in one long
 * response, each a header of 48 bytes and a payload. Numbers are big-endian.
 *
 * ```
 *  0  u32  bytes of the payload
 *  4  u8   kind: 1 init section, 2 media, 3 the stream has ended, 4 this client is too slow
 *  5  u8   track: 0 picture, 1 sound
 *  6  u8   flags: 1 playback can start here, 2 after a discontinuity
 *  7  u8   0
 *  8  u32  index of the part in its segment
 * 12  u32  duration in us
 * 16  f64  media sequence number of the segment
 * 24  f64  Unix time of the first sample, in ms
 * 32  16 characters: the init section that decodes it, filled up with zeros
 * ```
 *
 * The payload of media is what a part's address has, moof and mdat; where frames are pushed it
 * is one frame in a moof and mdat of its own. Pure, for servers and browsers.
 */

export const HEADER_BYTES = 48;
/** A part of 4K at 40 Mb/s has less. */
export const PAYLOAD_MAX_BYTES = 16_000_000;
/** An init section has about 1 kB; they are kept for as long as the stream goes on. */
const INIT_MAX_BYTES = 100_000;

export const KINDS = ['init', 'media', 'ended', 'slow'] as const;
export const TRACKS = ['video', 'audio'] as const;
const FLAG_START = 1;
const FLAG_DISCONTINUITY = 2;
const INIT_ID_MAX = 16;
const INIT_ID_AT = 32;

export interface RecordHeader {
  readonly payloadBytes: number;
  readonly kind: (typeof KINDS)[number];
  readonly track: (typeof TRACKS)[number];
  /** It begins with a key frame, or is sound. */
  readonly isStart: boolean;
  readonly isDiscontinuity: boolean;
  readonly part: number;
  readonly durationUs: number;
  readonly msn: number;
  readonly dateMs: number;
  readonly initId: string;
}

/** @param to At least {@link HEADER_BYTES} long. */
export function writeHeader(to: DataView, header: RecordHeader): void {
  to.setUint32(0, header.payloadBytes);
  to.setUint8(4, KINDS.indexOf(header.kind) + 1);
  to.setUint8(5, TRACKS.indexOf(header.track));
  to.setUint8(
    6,
    (header.isStart ? FLAG_START : 0) + (header.isDiscontinuity ? FLAG_DISCONTINUITY : 0),
  );
  to.setUint8(7, 0);
  to.setUint32(8, header.part);
  to.setUint32(12, header.durationUs);
  to.setFloat64(16, header.msn);
  to.setFloat64(24, header.dateMs);
  for (let i = 0; i < INIT_ID_MAX; i += 1) {
    to.setUint8(INIT_ID_AT + i, i < header.initId.length ? header.initId.charCodeAt(i) & 0x7f : 0);
  }
}

/** Undefined where the bytes are no header: the stream cannot be read any further. */
export function readHeader(from: DataView): RecordHeader | undefined {
  const payloadBytes = from.getUint32(0);
  const kind = KINDS[from.getUint8(4) - 1];
  const track = TRACKS[from.getUint8(5)];
  const flags = from.getUint8(6);
  const maxBytes = kind === 'init' ? INIT_MAX_BYTES : PAYLOAD_MAX_BYTES;
  if (kind === undefined || track === undefined || payloadBytes > maxBytes) return undefined;
  let initId = '';
  for (let i = 0; i < INIT_ID_MAX; i += 1) {
    const code = from.getUint8(INIT_ID_AT + i);
    if (code === 0) break;
    initId += String.fromCharCode(code);
  }
  const [msn, dateMs] = [from.getFloat64(16), from.getFloat64(24)];
  if (!/^[\w-]*$/.test(initId) || !Number.isSafeInteger(msn) || !Number.isFinite(dateMs)) {
    return undefined;
  }
  return {
    payloadBytes,
    kind,
    track,
    isStart: (flags & FLAG_START) !== 0,
    isDiscontinuity: (flags & FLAG_DISCONTINUITY) !== 0,
    part: from.getUint32(8),
    durationUs: from.getUint32(12),
    msn,
    dateMs,
    initId,
  };
}
