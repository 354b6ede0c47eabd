/** RTCP of a receiver: a publisher's sender reports in, feedback out (RFC 3550, RFC 4585). Pure. */
import { NTP_OFFSET_S, RTCP, splitCompound } from '../webrtc/rtcp.ts';

export interface SenderReport {
  readonly ssrc: number;
  /** The publisher's clock, in us since 1970. */
  readonly wallUs: number;
  /** In the track's own ticks at that time. */
  readonly timestamp: number;
  /** The middle of its NTP time, which the answer repeats. */
  readonly id: number;
}

/** The sender reports of a compound packet; what is malformed ends it. */
export function parseReports(packet: Buffer): readonly SenderReport[] {
  return splitCompound(packet)
    .filter((part) => part[1] === RTCP.senderReport && part.length >= 28)
    .map(readReport);
}

function readReport(report: Buffer): SenderReport {
  const seconds = report.readUInt32BE(8);
  const fraction = report.readUInt32BE(12);
  return {
    ssrc: report.readUInt32BE(4),
    wallUs: (seconds - NTP_OFFSET_S) * 1e6 + (fraction * 1e6) / 2 ** 32,
    timestamp: report.readUInt32BE(16),
    id: report.readUInt32BE(10),
  };
}

/** What was received of one track, for its sender. */
export interface Reception {
  readonly ssrc: number;
  /** Lost since the report before, of 256 that were sent. */
  readonly lostOf256: number;
  readonly lostTotal: number;
  /** The highest sequence number, counted on beyond 16 bits. */
  readonly highest: number;
  /** Between packets, in ticks. */
  readonly jitterTicks: number;
  /** The last sender report, and how long ago that was. */
  readonly last?: { readonly id: number; readonly agoMs: number };
}

export interface Feedback {
  /** Of this side. */
  readonly ssrc: number;
  readonly receptions: readonly Reception[];
  /** Packets to be sent again, by track. */
  readonly asked: readonly { readonly ssrc: number; readonly sequences: readonly number[] }[];
  /** Tracks that need a key frame. */
  readonly broken: readonly number[];
  /** What may be sent, in bit/s, and on which tracks; left out: nothing is said of it. */
  readonly limit?: { readonly bps: number; readonly ssrcs: readonly number[] };
}

/** One compound packet, which begins with a receiver report (RFC 3550 §6.1). */
export function renderFeedback(feedback: Feedback): Buffer {
  const { ssrc, receptions, asked, broken, limit } = feedback;
  return Buffer.concat([
    renderReceptions(ssrc, receptions),
    ...asked.map((one) => renderNack(ssrc, one.ssrc, one.sequences)),
    ...broken.map((one) => header(RTCP.payloadFeedback, RTCP.pli, 12, ssrc, one)),
    ...(limit === undefined ? [] : [renderLimit(ssrc, limit)]),
  ]);
}

function header(type: number, count: number, bytes: number, ssrc: number, media?: number): Buffer {
  const packet = Buffer.alloc(bytes);
  packet[0] = 0x80 | count;
  packet[1] = type;
  packet.writeUInt16BE(bytes / 4 - 1, 2);
  packet.writeUInt32BE(ssrc >>> 0, 4);
  if (media !== undefined) packet.writeUInt32BE(media >>> 0, 8);
  return packet;
}

/** RFC 3550 §6.4.2. */
function renderReceptions(ssrc: number, receptions: readonly Reception[]): Buffer {
  const packet = header(RTCP.receiverReport, receptions.length, 8 + receptions.length * 24, ssrc);
  for (const [i, one] of receptions.entries()) {
    const at = 8 + i * 24;
    packet.writeUInt32BE(one.ssrc >>> 0, at);
    packet[at + 4] = Math.max(0, Math.min(255, one.lostOf256));
    packet.writeUIntBE(Math.max(0, Math.min(0x7f_ffff, one.lostTotal)), at + 5, 3);
    packet.writeUInt32BE(one.highest % 2 ** 32, at + 8);
    packet.writeUInt32BE(Math.round(one.jitterTicks) % 2 ** 32, at + 12);
    if (one.last === undefined) continue;
    packet.writeUInt32BE(one.last.id, at + 16);
    packet.writeUInt32BE(Math.round((one.last.agoMs * 65_536) / 1000) % 2 ** 32, at + 20);
  }
  return packet;
}

/** RFC 4585 §6.2.1: a number, and a bit for each of the sixteen that follow. */
function renderNack(ssrc: number, media: number, sequences: readonly number[]): Buffer {
  const items: { first: number; mask: number }[] = [];
  for (const sequence of sequences) {
    const item = items.at(-1);
    const apart = item === undefined ? 0 : (sequence - item.first) & 0xffff;
    if (item !== undefined && apart >= 1 && apart <= 16) item.mask |= 1 << (apart - 1);
    else items.push({ first: sequence, mask: 0 });
  }
  const packet = header(RTCP.transportFeedback, RTCP.nack, 12 + items.length * 4, ssrc, media);
  for (const [i, { first, mask }] of items.entries()) {
    packet.writeUInt16BE(first, 12 + i * 4);
    packet.writeUInt16BE(mask, 14 + i * 4);
  }
  return packet;
}

/** REMB: https://datatracker.ietf.org/doc/html/draft-alvestrand-rmcat-remb-03#section-2.2 */
function renderLimit(ssrc: number, { bps, ssrcs }: NonNullable<Feedback['limit']>): Buffer {
  const packet = header(
    RTCP.payloadFeedback,
    RTCP.applicationLayer,
    20 + ssrcs.length * 4,
    ssrc,
    0,
  );
  packet.write('REMB', 12, 'latin1');
  packet[16] = ssrcs.length;
  const exponent = Math.max(0, Math.ceil(Math.log2(bps / 0x3_ffff)));
  packet.writeUIntBE(exponent * 2 ** 18 + Math.floor(bps / 2 ** exponent), 17, 3);
  for (const [i, one] of ssrcs.entries()) packet.writeUInt32BE(one >>> 0, 20 + i * 4);
  return packet;
}
