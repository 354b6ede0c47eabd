/** RTCP: sender reports out, the viewer's feedback in (RFC 3550, RFC 4585). Pure. */
import { NTP_OFFSET_S, RTCP, splitCompound } from '../webrtc/rtcp.ts';

/** A second of NTP time, in the ticks in which reports repeat it. */
const NTP_TICKS = 65_536;
/** No network takes so long: the report is of another one than the last. */
const ROUND_TRIP_MAX_MS = 10_000;
/** A browser asks for a few; whoever asks for more gets no more (see `VideoSender.repeat`). */
const MISSING_MAX = 300;

export interface SenderReport {
  readonly ssrc: number;
  /** One moment, by the clock of the stream and in the track's own ticks. */
  readonly wallMs: number;
  readonly timestamp: number;
  readonly packetsTotal: number;
  readonly bytesTotal: number;
  /** The same for all tracks that belong together. */
  readonly cname: string;
}

/** A sender report and the name of its sender, by which players synchronise picture and sound. */
export function renderSenderReport(report: SenderReport): Buffer {
  const name = Buffer.from(report.cname.slice(0, 200));
  // At least one zero ends the items, and a multiple of four the packet (RFC 3550 §6.5).
  const itemBytes = Math.ceil((2 + name.length + 1) / 4) * 4;
  const packet = Buffer.alloc(28 + 8 + itemBytes);
  packet[0] = 0x80;
  packet[1] = RTCP.senderReport;
  packet.writeUInt16BE(6, 2);
  packet.writeUInt32BE(report.ssrc >>> 0, 4);
  const seconds = Math.floor(report.wallMs / 1000);
  packet.writeUInt32BE((seconds + NTP_OFFSET_S) % 2 ** 32, 8);
  packet.writeUInt32BE(Math.floor((report.wallMs / 1000 - seconds) * 2 ** 32), 12);
  packet.writeUInt32BE(report.timestamp >>> 0, 16);
  packet.writeUInt32BE(report.packetsTotal % 2 ** 32, 20);
  packet.writeUInt32BE(report.bytesTotal % 2 ** 32, 24);
  packet[28] = 0x81;
  packet[29] = RTCP.description;
  packet.writeUInt16BE((8 + itemBytes) / 4 - 1, 30);
  packet.writeUInt32BE(report.ssrc >>> 0, 32);
  packet[36] = 1;
  packet[37] = name.length;
  name.copy(packet, 38);
  return packet;
}

/** In 1/65,536 s: the middle of the NTP time of a sender report, and the delay since (RFC 3550 §6.4.1). */
export interface Echo {
  readonly sentTicks: number;
  readonly heldTicks: number;
}

/** What one compound packet of a viewer says. */
export interface Feedback {
  /** Of each track that is reported: the share of its packets that were lost lately. */
  readonly lost: ReadonlyMap<number, number>;
  /** Of each track whose sender report has come: when it says that it was sent, and how long ago it came. */
  readonly echoes: ReadonlyMap<number, Echo>;
  /** Packets that are asked for again, by track. */
  readonly missing: readonly { readonly ssrc: number; readonly sequences: readonly number[] }[];
  /** Tracks that cannot be decoded without a key frame. */
  readonly broken: ReadonlySet<number>;
  /** What the viewer can receive, by its own estimate, in bit/s. */
  readonly estimateBps: number | undefined;
}

/** Reads what it knows; what is malformed ends it. */
export function parseFeedback(packet: Buffer): Feedback {
  const lost = new Map<number, number>();
  const echoes = new Map<number, Echo>();
  const missing: { ssrc: number; sequences: readonly number[] }[] = [];
  const broken = new Set<number>();
  let estimateBps: number | undefined;
  for (const part of splitCompound(packet)) {
    const count = (part[0] ?? 0) & 0x1f;
    switch (part[1]) {
      case RTCP.senderReport:
        addReports(part.subarray(28), count, lost, echoes);
        break;
      case RTCP.receiverReport:
        addReports(part.subarray(8), count, lost, echoes);
        break;
      case RTCP.transportFeedback:
        if (count === RTCP.nack && part.length >= 16) {
          missing.push({ ssrc: part.readUInt32BE(8), sequences: missingOf(part.subarray(12)) });
        }
        break;
      case RTCP.payloadFeedback:
        if (count === RTCP.pli && part.length >= 12) broken.add(part.readUInt32BE(8));
        if (count === RTCP.fir && part.length >= 20) broken.add(part.readUInt32BE(12));
        if (count === RTCP.applicationLayer) estimateBps = estimateOf(part) ?? estimateBps;
        break;
    }
  }
  return { lost, echoes, missing, broken, estimateBps };
}

/**
 * From sending to the report of it, without the time that the viewer had it; undefined where the
 * echo is of no moment before this one.
 *
 * @param wallMs Now, by the clock of the sender reports.
 */
export function roundTripMs({ sentTicks, heldTicks }: Echo, wallMs: number): number | undefined {
  const nowTicks = Math.floor(((wallMs / 1000 + NTP_OFFSET_S) % NTP_TICKS) * NTP_TICKS);
  // Modulo 2^32. What was held is rounded: in the room itself it may be a tick too much.
  const tripMs = ((nowTicks - sentTicks - heldTicks) | 0) / (NTP_TICKS / 1000);
  return tripMs > -1 && tripMs < ROUND_TRIP_MAX_MS ? Math.max(0, tripMs) : undefined;
}

function addReports(
  blocks: Buffer,
  count: number,
  lost: Map<number, number>,
  echoes: Map<number, Echo>,
): void {
  for (let at = 0; at < count * 24 && at + 24 <= blocks.length; at += 24) {
    const ssrc = blocks.readUInt32BE(at);
    lost.set(ssrc, (blocks[at + 4] ?? 0) / 256);
    const sentTicks = blocks.readUInt32BE(at + 16);
    // 0: no sender report has come yet.
    if (sentTicks !== 0) echoes.set(ssrc, { sentTicks, heldTicks: blocks.readUInt32BE(at + 20) });
  }
}

/** A sequence number, and a bit for each of the sixteen that follow (RFC 4585 §6.2.1). */
function missingOf(items: Buffer): readonly number[] {
  const sequences: number[] = [];
  for (let at = 0; at + 4 <= items.length && sequences.length < MISSING_MAX; at += 4) {
    const first = items.readUInt16BE(at);
    const mask = items.readUInt16BE(at + 2);
    sequences.push(first);
    for (let bit = 0; bit < 16; bit += 1) {
      if ((mask & (1 << bit)) !== 0) sequences.push((first + bit + 1) & 0xffff);
    }
  }
  return sequences;
}

/** REMB: https://datatracker.ietf.org/doc/html/draft-alvestrand-rmcat-remb-03#section-2.2 */
function estimateOf(part: Buffer): number | undefined {
  if (part.length < 20 || part.toString('latin1', 12, 16) !== 'REMB') return undefined;
  const bits = part.readUIntBE(17, 3);
  return (bits & 0x3_ffff) * 2 ** (bits >> 18);
}
