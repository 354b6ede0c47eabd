/** Reads raw frames and sound blocks of a source process from its FIFO. */
import { parseSegment } from '../gdp/caps.ts';
import { openFifo } from '../gdp/fifo.ts';
import { GDP_HEADER_BYTES, gdpPacketBytes, parseGdpPacket } from '../gdp/parse.ts';

/** A 4K frame in I420 has 12.4 MB. */
const PAYLOAD_BYTES_MAX = 16_000_000;
/** Read buffers that are used in turn: a caller that keeps a frame for longer copies it. */
const BUFFERS = 4;

export interface RawUnit {
  /** Valid until four more have come. */
  readonly data: Buffer;
  /** Running time of the source's pipeline, in us; undefined where the buffer carries none. */
  readonly runningUs: number | undefined;
}

export interface RawReaderEvents {
  readonly onCaps: (caps: string) => void;
  readonly onUnit: (unit: RawUnit) => void;
  /** The writer is gone, or its bytes are not GDP. */
  readonly onEnd: () => void;
}

/**
 * Cuts a stream of large GDP packets into units, with one copy of each byte.
 *
 * @returns a function that takes the next bytes; it returns false once they are not GDP.
 */
export function openRawParser(events: Omit<RawReaderEvents, 'onEnd'>): (chunk: Buffer) => boolean {
  const header = Buffer.alloc(GDP_HEADER_BYTES);
  const pool: Buffer[] = [];
  let packet: Buffer = header;
  let filled = 0;
  let count = 0;
  let segment = { startNs: 0n, baseNs: 0n };
  /** A buffer for a packet of so many bytes, one of a few that take turns. */
  const borrow = (bytes: number): Buffer => {
    count += 1;
    const known = pool[count % BUFFERS];
    const buffer = known !== undefined && known.length >= bytes ? known : Buffer.allocUnsafe(bytes);
    pool[count % BUFFERS] = buffer;
    return buffer.subarray(0, bytes);
  };
  const finish = () => {
    const parsed = parseGdpPacket(packet);
    if (parsed?.kind === 'caps') events.onCaps(parsed.caps);
    if (parsed?.kind === 'event') segment = parseSegment(parsed.text) ?? segment;
    if (parsed?.kind !== 'buffer') return;
    const { ptsNs, data } = parsed;
    const runningNs = ptsNs === undefined ? undefined : ptsNs - segment.startNs + segment.baseNs;
    const runningUs = runningNs === undefined ? undefined : Number(runningNs) / 1000;
    events.onUnit({ data, runningUs });
  };
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      const copied = Math.min(packet.length - filled, chunk.length - at);
      chunk.copy(packet, filled, at, at + copied);
      at += copied;
      filled += copied;
      if (filled < packet.length) continue;
      if (packet === header) {
        const bytes = gdpPacketBytes(header, 0, PAYLOAD_BYTES_MAX);
        if (bytes === undefined) return false;
        packet = borrow(bytes);
        header.copy(packet);
        if (bytes > GDP_HEADER_BYTES) continue;
      }
      finish();
      packet = header;
      filled = 0;
    }
    return true;
  };
}

/**
 * Reads a source's FIFO until the source ends or it is stopped.
 *
 * @returns how to stop. Throws when the FIFO cannot be opened.
 */
export function openRawReader(path: string, events: RawReaderEvents): () => void {
  const socket = openFifo(path, 'reading');
  const parse = openRawParser(events);
  socket.on('data', (chunk: Buffer) => {
    if (!parse(chunk)) socket.destroy();
  });
  socket.on('error', () => undefined);
  socket.once('close', events.onEnd);
  return () => socket.destroy();
}
