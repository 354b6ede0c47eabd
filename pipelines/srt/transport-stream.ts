/** Reads which tracks an MPEG transport stream (ISO/IEC 13818-1) has, and their times. Pure. */

export type TrackKind = 'video' | 'audio';

export interface StreamEvents {
  /** The sender's clock (PCR), in us; it wraps with {@link WRAP_US}. */
  readonly onClock: (us: number) => void;
  /** A unit of a track begins; `us` is its time (PTS) by that clock. */
  readonly onUnit: (kind: TrackKind, us: number) => void;
}

const TICKS_PER_US = 0.09;
/** Times have 33 bits. */
export const WRAP_US = 2 ** 33 / TICKS_PER_US;

const PACKET_BYTES = 188;
const SYNC = 0x47;
const PAT_PID = 0;
const PAT_ID = 0;
const PMT_ID = 2;
const CRC_BYTES = 4;
/** §2.4.4: of a section of these tables. */
const SECTION_BYTES_MAX = 1_024;

/** Table 2-34: MPEG-1 and -2, MPEG-4, H.264, H.265. */
const VIDEO: readonly number[] = [0x01, 0x02, 0x10, 0x1b, 0x24];
/** MPEG-1 and -2, AAC as ADTS and LATM, AC-3, E-AC-3. */
const AUDIO: readonly number[] = [0x03, 0x04, 0x0f, 0x11, 0x81, 0x87];
const PRIVATE = 0x06;
const REGISTRATION = 0x05;
/** ETSI EN 300 468: AC-3, E-AC-3. */
const AUDIO_DESCRIPTORS: readonly number[] = [0x6a, 0x7a];

/** Of the first programme; what is damaged or of other tables is left out. */
export class TransportStream {
  readonly #events: StreamEvents;
  readonly #sections = new Map<number, Section>();
  #kinds: ReadonlyMap<number, TrackKind> = new Map();
  #pmtPid: number | undefined;
  #clockPid: number | undefined;
  #rest: Buffer = Buffer.alloc(0);

  constructor(events: StreamEvents) {
    this.#events = events;
  }

  add(bytes: Buffer): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let at = 0;
    while (at + PACKET_BYTES <= all.length) {
      if (all[at] === SYNC) {
        this.#packet(all.subarray(at, at + PACKET_BYTES));
        at += PACKET_BYTES;
      } else at += 1;
    }
    this.#rest = all.subarray(at);
  }

  /** §2.4.3.2, and the adaptation field of §2.4.3.4. */
  #packet(packet: Buffer): void {
    const [, flags = 0, , control = 0, fieldBytes = 0, fieldFlags = 0] = packet;
    if ((flags & 0x80) !== 0) return;
    const pid = packet.readUInt16BE(1) & 0x1fff;
    let at = 4;
    if ((control & 0x20) !== 0) {
      at = 5 + fieldBytes;
      const hasClock = fieldBytes >= 7 && (fieldFlags & 0x10) !== 0;
      if (pid === this.#clockPid && hasClock) {
        const ticks = packet.readUInt32BE(6) * 2 + ((packet[10] ?? 0) >> 7);
        this.#events.onClock(ticks / TICKS_PER_US);
      }
    }
    if ((control & 0x10) === 0 || at >= PACKET_BYTES) return;
    const [payload, isStart] = [packet.subarray(at), (flags & 0x40) !== 0];
    if (pid === PAT_PID || pid === this.#pmtPid) {
      this.#table(pid, payload, isStart);
      return;
    }
    const kind = this.#kinds.get(pid);
    const us = kind !== undefined && isStart ? unitTimeUs(payload) : undefined;
    if (kind !== undefined && us !== undefined) this.#events.onUnit(kind, us);
  }

  #table(pid: number, payload: Buffer, isStart: boolean): void {
    if (isStart) this.#sections.set(pid, new Section());
    const bytes = this.#sections.get(pid)?.add(payload, isStart);
    if (bytes === undefined) return;
    this.#sections.delete(pid);
    if (pid === PAT_PID && bytes[0] === PAT_ID) this.#pmtPid = programmeOf(bytes);
    if (pid === this.#pmtPid && bytes[0] === PMT_ID && bytes.length >= 12) {
      this.#clockPid = bytes.readUInt16BE(8) & 0x1fff;
      this.#kinds = kindsOf(bytes);
    }
  }
}

/** One section of a table (§2.4.4), which packets carry in pieces. */
class Section {
  #bytes = Buffer.alloc(0);

  /** All of it, once it is there. */
  add(payload: Buffer, isStart: boolean): Buffer | undefined {
    const piece = isStart ? payload.subarray(1 + (payload[0] ?? 0)) : payload;
    if (this.#bytes.length < SECTION_BYTES_MAX) this.#bytes = Buffer.concat([this.#bytes, piece]);
    if (this.#bytes.length < 3) return undefined;
    const length = 3 + (this.#bytes.readUInt16BE(1) & 0xfff);
    return this.#bytes.length < length ? undefined : this.#bytes.subarray(0, length);
  }
}

/** PID of the first programme's map; number 0 is the network's. */
function programmeOf(pat: Buffer): number | undefined {
  for (let at = 8; at + 4 <= pat.length - CRC_BYTES; at += 4) {
    if (pat.readUInt16BE(at) !== 0) return pat.readUInt16BE(at + 2) & 0x1fff;
  }
  return undefined;
}

function kindsOf(pmt: Buffer): ReadonlyMap<number, TrackKind> {
  const kinds = new Map<number, TrackKind>();
  const end = pmt.length - CRC_BYTES;
  let at = 12 + (pmt.readUInt16BE(10) & 0xfff);
  while (at + 5 <= end) {
    const bytes = pmt.readUInt16BE(at + 3) & 0xfff;
    const kind = kindOf(pmt[at] ?? 0, pmt.subarray(at + 5, Math.min(end, at + 5 + bytes)));
    if (kind !== undefined) kinds.set(pmt.readUInt16BE(at + 1) & 0x1fff, kind);
    at += 5 + bytes;
  }
  return kinds;
}

function kindOf(type: number, descriptors: Buffer): TrackKind | undefined {
  if (VIDEO.includes(type)) return 'video';
  if (AUDIO.includes(type)) return 'audio';
  if (type !== PRIVATE) return undefined;
  for (let at = 0; at + 2 <= descriptors.length; at += 2 + (descriptors[at + 1] ?? 0)) {
    const tag = descriptors[at] ?? 0;
    const format = descriptors.toString('latin1', at + 2, at + 6);
    if (AUDIO_DESCRIPTORS.includes(tag)) return 'audio';
    if (tag === REGISTRATION && format === 'Opus') return 'audio';
  }
  return undefined;
}

/** §2.4.3.6: the PTS of a PES packet. */
function unitTimeUs(payload: Buffer): number | undefined {
  if (payload.length < 14 || payload.readUIntBE(0, 3) !== 1) return undefined;
  if (((payload[7] ?? 0) & 0x80) === 0) return undefined;
  const high = ((payload[9] ?? 0) >> 1) & 0b111;
  const ticks = high * 2 ** 30 + (payload.readUInt16BE(10) >> 1) * 2 ** 15;
  return (ticks + (payload.readUInt16BE(12) >> 1)) / TICKS_PER_US;
}
