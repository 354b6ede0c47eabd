/** The extended keepalive, which reports a link's figures to the receiver. */
import type { SrtlaPacket } from '../wire/packet.ts';
import type { Link } from './link.ts';

/** Bytes of a usual SRT packet of seven MPEG-TS packets: SRTLA states windows in packets. */
const USUAL_BYTES = 1360;

export function keepaliveOf(link: Link, nowMs: number): SrtlaPacket {
  const { flight, capacity, rtt } = link;
  return {
    kind: 'keepalive',
    timeMs: Math.floor(nowMs),
    telemetry: {
      connectionId: link.slot,
      window: Math.min(0x7fff_ffff, Math.round(capacity.windowBytes(rtt) / USUAL_BYTES)),
      inFlight: flight.packets,
      rttMs: Math.round(rtt.meanMs),
      nakTotal: link.lostPackets.total,
      bytesPerS: Math.min(0xffff_ffff, Math.round(link.sent.perS(1000, nowMs))),
    },
  };
}
